import { exitCodes, UserError } from '../../lab/user-error.ts'
import type { Engine } from '../../server/db/engine.ts'
import { type Axis, axes, axisNames, recordsOf } from '../../server/designs/axes.ts'
import { type Design, parseDesign, refusalIn } from '../../server/designs/design.ts'
import type { KnownFailure } from '../../server/designs/option.ts'
import { Problem } from '../../server/errors.ts'
import { knownBy } from '../judge/audit.ts'
import { surroundingsOfArms } from '../run/require-servers.ts'

/** One option to be shown right, or wrong as it is known to be. */
export interface Candidate {
  /** `stock=row-lock`, or the preset `peak`, which is of no axis. */
  option: string
  axis: Axis | undefined
  design: string
  /** What the option itself is known to break. */
  knownBad?: KnownFailure | undefined
  /** All that its audit may find broken: of the other options of the design too. */
  known: Design['knownBad']
}

/** What the audit of one option came to. */
export interface Proof extends Candidate {
  orders: number
  /** Of these, paid: the data of a shop that sells nothing is right whatever its design. */
  paid: number
  /** Of these, asked for by more than one request under one key. */
  repeated: number
  seconds: number
  /** Checks that found something wrong. */
  broken: string[]
  /** The same with their first finding. */
  findings: string[]
  /** Checks that could not be made. */
  unknowns: string[]
}

/**
 * The preset `peak`, and every option of every axis in the `after` design, one changed at a time;
 * where that is refused, in `before`. Orders do not touch the axes of partners, whose contract
 * suites kill servers too: these are left out. With an option that is known not to survive a kill
 * comes one that should.
 * @param wanted names of axes, `axis=option` or `peak`; none = all
 */
export function candidatesOf(wanted: readonly string[]): Candidate[] {
  const provable = axisNames.filter((axis) => !('isOfPartners' in axes[axis]))
  const options = provable.flatMap((axis) => Object.keys(recordsOf(axis)).map(candidate(axis)))
  const all = [peak(), ...options]
  const chosen = all.filter(
    ({ axis, option }) =>
      wanted.length === 0 || wanted.includes(axis ?? option) || wanted.includes(option),
  )
  const isChosen = (one: Candidate) => chosen.includes(one)
  const controls = chosen
    .filter(({ axis, knownBad }) => isBadAtACrash(knownBad) && !chosen.some(isControlOf(axis)))
    .flatMap(({ axis }) => all.find(isControlOf(axis)) ?? [])
  return all.filter((one) => isChosen(one) || controls.includes(one))
}

/**
 * Those that the database server can run, and a line for each other one.
 * @throws UserError where there is none
 */
export function candidatesOn(engine: Engine, candidates: readonly Candidate[]) {
  const surroundings = surroundingsOfArms(engine)
  const refusals = candidates.map(({ design }) => refusalIn(surroundings, parseDesign(design)))
  const chosen = candidates.filter((_, index) => refusals[index] === undefined)
  const leftOut = refusals.flatMap((why) => (why === undefined ? [] : `left out: ${why}`))
  if (chosen.length === 0) {
    const why =
      leftOut.length > 0 ? leftOut : ['no order touches this axis: ./stampede test has its proof']
    throw new UserError(why.join('\n'), exitCodes.badArguments)
  }
  return { chosen, leftOut }
}

const candidate =
  (axis: Axis) =>
  (name: string): Candidate => {
    const option = `${axis}=${name}`
    const { label, knownBad: known } = designWith(option)
    return { option, axis, design: label, knownBad: recordsOf(axis)[name]?.knownBad, known }
  }

function peak(): Candidate {
  const { label, knownBad: known } = parseDesign('peak')
  return { option: 'peak', axis: undefined, design: label, known }
}

const isBadAtACrash = (failure: KnownFailure | undefined) => failure?.when === 'at-a-crash'

/** Whether it is an option of the same axis that should survive a kill. */
const isControlOf = (wanted: Axis | undefined) => (one: Candidate) =>
  one.axis === wanted && one.knownBad === undefined

/** Without admission, unless that is the option: a caller that waits in line asks only once. */
function designWith(option: string): Design {
  try {
    return parseDesign(option, parseDesign('after,admission=open'))
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return parseDesign(`before,${option}`)
  }
}

/** Below this share of orders paid nothing is shown of a design, neither good nor bad. */
const paidShareMin = 0.9

/** `refuted`: it broke what is not known of it, or kept what it is known to break. */
export type Standing = 'as-known' | 'refuted' | 'inconclusive'

/** What is shown of an option, and why nothing is where that is so. */
export interface Shown {
  standing: Standing
  doubt?: string
}

/**
 * Judges one proof. A check that is red and not known of the design refutes, however few were paid.
 * @param proofs of the whole run, for the control of a kill; until they are all there, none
 */
export function shownBy(proof: Proof, proofs?: readonly Proof[]): Shown {
  const { known, broken } = proof
  if (!broken.every((check) => knownBy(check, known, true))) return { standing: 'refuted' }
  const doubt = doubtOf(proof) ?? (proofs && doubtOfKill(proof, proofs))
  if (doubt !== undefined) return { standing: 'inconclusive', doubt }
  return { standing: isSeenBad(proof) || !mustBreak(proof) ? 'as-known' : 'refuted' }
}

const isSeenBad = ({ knownBad, broken }: Proof): boolean =>
  knownBad?.checks.some((check) => broken.includes(check)) ?? false

function doubtOf(proof: Proof): string | undefined {
  const { orders, paid, unknowns } = proof
  if (paid === 0 || paid < orders * paidShareMin) {
    return `only ${paid} of ${orders} were paid, at least ${100 * paidShareMin} % have to be`
  }
  return isSeenBad(proof) ? undefined : unknowns[0]
}

/** What the kill alone may break is no option's fault. */
function doubtOfKill({ axis, knownBad }: Proof, proofs: readonly Proof[]): string | undefined {
  if (!isBadAtACrash(knownBad)) return undefined
  const controls = proofs.filter(isControlOf(axis))
  if (controls.some((control) => shownBy(control).standing === 'as-known')) return undefined
  return `no other option of ${axis} was seen to survive the same kill`
}

/** What a proof can bring about: a rollback after the bank has acted may or may not come. */
const mustBreak = ({ knownBad }: Candidate): boolean =>
  knownBad !== undefined && knownBad.when !== 'at-a-rollback'
