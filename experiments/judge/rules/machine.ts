import type { MachineAccount } from '../../../lab/machine/machine-watch.ts'
import type { JudgedArm } from '../judged-run.ts'
import { type Rule, remark, untrustedArms } from './rule.ts'
import { TRUST } from './trust-limits.ts'

/** 3: what others took from the machine is missing from the arm that was measured then. */
export const machineTooBusy: Rule<'arms'> = ({ arms }) =>
  untrustedArms(arms, (arm) => {
    const takers = [
      taken(arm, 'unrelatedPercent', TRUST.unrelatedPercentMax, 'other programs took', ALL_CORES),
      taken(arm, 'stealPercent', TRUST.stealPercentMax, 'other virtual machines took', ALL_CORES),
      taken(arm, 'throttledPercent', TRUST.throttledPercentMax, quotaWords(arm), OF_TIME),
    ].filter((taker) => taker !== '')
    if (takers.length === 0) return null
    const pressure = worst(arm, 'pressurePercent')
    const waited =
      pressure === null ? '' : ` Processes waited for a core ${Math.round(pressure)} % of the time.`
    const busy = `This machine is too busy to compare: while ${arm.name} was measured, `
    return `${busy}${takers.join(', and ')}.${waited}`
  })

/** 3: times from a clock that was set in between are no times. */
export const clockStepped: Rule<'arms'> = ({ arms }) =>
  untrustedArms(arms, (arm) => {
    const stepMs = worst(arm, 'clockStepMs') ?? 0
    if (stepMs <= TRUST.clockStepMsMax) return null
    return `The machine’s clock was set by ${Math.round(stepMs)} ms while ${arm.name} was measured.`
  })

/** Remark: what could not be read is not known to be nothing. */
const machineUnknown: Rule<'arms'> = ({ arms }) => {
  const unknown = Object.entries(figures)
    .filter(([figure]) =>
      arms.some(({ blocks }) => blocks.some(({ machine }) => machine[figure as Figure] === null)),
    )
    .map(([, words]) => words)
  if (unknown.length === 0) return []
  return [remark(`Unknown here, so not judged: ${unknown.join(', ')}.`)]
}

type Figure = Exclude<keyof MachineAccount, 'cores' | 'clockStepMs' | 'pressurePercent'>

const figures: Record<Figure, string> = {
  generatorWorstPercent: 'the generator’s worst second',
  unrelatedPercent: 'what other programs took of the processors',
  stealPercent: 'what other virtual machines took',
  quotaCores: 'a quota of processor time',
  throttledPercent: 'how long that quota held processes back',
}

const ALL_CORES = 'of all cores'
const OF_TIME = 'of the time'

const quotaWords = ({ blocks }: JudgedArm) =>
  `the quota of ${blocks[0]?.machine.quotaCores ?? 'an unknown number of'} cores held it back`

function taken(
  arm: JudgedArm,
  figure: 'unrelatedPercent' | 'stealPercent' | 'throttledPercent',
  max: number,
  words: string,
  unit: string,
): string {
  const percent = worst(arm, figure)
  if (percent === null || percent <= max) return ''
  return `${words} ${Math.round(percent)} % ${unit} (limit ${max} %)`
}

/** The arm's worst block; null where no block knows. */
function worst({ blocks }: JudgedArm, figure: keyof MachineAccount): number | null {
  const known = blocks.flatMap(({ machine }) => {
    const value = machine[figure]
    return typeof value === 'number' ? [value] : []
  })
  return known.length === 0 ? null : Math.max(...known)
}

/** What must hold of the machine. */
export const machineTrust: Rule[] = [machineTooBusy, clockStepped, machineUnknown]
