import { axisNames, recordsOf } from '../../server/designs/axes.ts'
import { parseDesign } from '../../server/designs/design.ts'
import type { KnownFailure } from '../../server/designs/option.ts'
import { Problem } from '../../server/errors.ts'
import { knownBy } from '../judge/audit.ts'

/** One option to be shown right, or wrong as it is known to be. */
export interface Candidate {
  /** `stock=row-lock` */
  option: string
  design: string
  /** What its audit is known to find broken. */
  knownBad?: KnownFailure | undefined
}

/** What the audit of one option came to. */
export interface Proof extends Candidate {
  orders: number
  /** Of these, paid: the data of a shop that sells nothing is right whatever its design. */
  paid: number
  seconds: number
  /** Checks that found something wrong. */
  broken: string[]
  /** The same with their first finding. */
  findings: string[]
  /** Checks that could not be made. */
  unknowns: string[]
  isCrashed: boolean
}

/**
 * Every option of every axis in the `after` design, one changed at a time; where that is refused,
 * in `before`.
 * @param wanted names of axes or `axis=option`; none = all
 */
export function candidatesOf(wanted: readonly string[]): Candidate[] {
  return axisNames.flatMap((axis) =>
    Object.entries(recordsOf(axis))
      .map(([name, { knownBad }]) => ({
        option: `${axis}=${name}`,
        axis,
        knownBad,
      }))
      .filter(({ option }) => {
        return wanted.length === 0 || wanted.includes(axis) || wanted.includes(option)
      })
      .map(({ option, knownBad }) => ({
        option,
        design: designWith(option),
        knownBad,
      })),
  )
}

function designWith(option: string): string {
  try {
    return parseDesign(`after,${option}`).label
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return parseDesign(`before,${option}`).label
  }
}

/** Below this share of orders paid nothing is shown of a design, neither good nor bad. */
const paidShareMin = 0.01

/** Why nothing is shown of the option, whatever was found; undefined where something is. */
export function doubtOf({ orders, paid, findings, unknowns }: Proof): string | undefined {
  if (paid === 0 || paid < orders * paidShareMin) return `only ${paid} of ${orders} were paid`
  return findings.length === 0 ? unknowns[0] : undefined
}

/** What a proof can bring about: a rollback after the bank has acted may or may not come. */
export const mustBreak = ({ knownBad }: Candidate): boolean =>
  knownBad !== undefined && knownBad.when !== 'at-a-rollback'

/** True where the audit was made and broke what the option's entry names, and nothing else. */
export function isAsKnown(proof: Proof): boolean {
  const { option, knownBad, broken, isCrashed } = proof
  if (doubtOf(proof) !== undefined) return false
  const known = knownBad ? [{ option, ...knownBad }] : []
  if (!broken.every((check) => knownBy(check, known, isCrashed))) return false
  return broken.length > 0 || !mustBreak(proof)
}
