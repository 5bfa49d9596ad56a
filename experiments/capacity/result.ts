import type { Arrivals } from '../../loadtests/crowd/arrival-times.ts'
import type {
  ArmSpec,
  Driver,
  Objective,
  OfferedTime,
  RunReport,
  RunVerdict,
} from '../run/result.ts'
import { ratioFit } from './fit.ts'
import type { SearchBounds } from './options.ts'
import { type Found, found, rateMin } from './search.ts'
import type { Trial } from './verdict.ts'

/** What one arm holds. */
export interface ArmCapacity extends Found {
  arm: ArmSpec
  /** Every block, in the order in which they ran. */
  trials: Trial[]
  /** The outcome of each rate that was sent as planned, in ascending order. */
  curve: CurvePoint[]
  /** Of the blocks held at `held`; null when none was. */
  goodputPerSecond: number | null
  p99Ms: number | null
  /** This arm's capacity ÷ that of the first arm; null for the first, and where it is unknown. */
  overFirst: CapacityRatio | null
}

/** What an arm made of one rate of arrivals. */
export interface CurvePoint {
  offeredPerSecond: number
  /** Mean of the blocks. */
  goodputPerSecond: number
  /** Of the checkout, over all that came: the median of the blocks. */
  p99: OfferedTime | null
  blocks: number
}

/** One capacity ÷ another, with the ends of its 95 % interval. */
export interface CapacityRatio {
  value: number
  /** Null where the ratio is at most `value`. */
  low: number | null
  /** Null where the ratio is at least `value`. */
  high: number | null
}

/** Every arm with a bank of one latency. */
export interface BankCapacity {
  bankLatencyMs: number
  /** What a rate had to keep with this bank. */
  objective: Objective
  arms: ArmCapacity[]
}

/** report.json of a search. */
export interface CapacityResult extends Omit<RunReport, 'reasons'> {
  /** One for each latency of the bank. */
  banks: BankCapacity[]
  scenario: string
  arrivals: Arrivals
  /** With a bank of the usual latency. */
  objective: Objective
  bounds: SearchBounds
  durationSeconds: number
  seed: number
  driver: Driver
  quick: boolean
}

/** What each arm's blocks show. @param arms in the order of the command line */
export function capacitiesOf(
  arms: readonly { arm: ArmSpec; trials: Trial[] }[],
  bounds: SearchBounds,
): ArmCapacity[] {
  const [first, ...others] = arms.map(({ arm, trials }) => capacityOf(arm, trials, bounds))
  if (!first) return []
  return [first, ...others.map((one) => ({ ...one, overFirst: ratioOf(one, first) }))]
}

function capacityOf(arm: ArmSpec, trials: Trial[], bounds: SearchBounds): ArmCapacity {
  const border = found(trials, bounds)
  const runs = trials.filter(({ rate, outcome }) => rate === border.held && outcome === 'held')
  return {
    ...border,
    arm,
    trials,
    curve: curveOf(trials),
    goodputPerSecond: mean(runs.map(({ goodputPerSecond }) => goodputPerSecond)),
    p99Ms: mean(runs.flatMap(({ p99 }) => p99?.ms ?? [])),
    overFirst: null,
  }
}

const mean = (figures: readonly number[]) =>
  figures.length === 0 ? null : figures.reduce((a, b) => a + b, 0) / figures.length

/** A block that says nothing of the arm is no point of its curve. */
function curveOf(trials: readonly Trial[]): CurvePoint[] {
  const clear = trials.filter(({ outcome }) => outcome !== 'unclear')
  const rates = [...new Set(clear.map(({ rate }) => rate))].sort((a, b) => a - b)
  return rates.map((rate) => {
    const own = clear.filter((trial) => trial.rate === rate)
    const times = own.flatMap(({ p99 }) => p99 ?? []).sort((a, b) => a.ms - b.ms)
    return {
      offeredPerSecond: rate,
      goodputPerSecond: mean(own.map(({ goodputPerSecond }) => goodputPerSecond)) ?? 0,
      p99: times[Math.floor(times.length / 2)] ?? null,
      blocks: own.length,
    }
  })
}

/** Where one of the two has no border, only a limit of the ratio is known. */
function ratioOf(one: ArmCapacity, first: ArmCapacity): CapacityRatio | null {
  const [isAbove, isFirstAbove] = [one, first].map(({ high }) => high === null) as [
    boolean,
    boolean,
  ]
  if (!isAbove && !isFirstAbove) {
    const fit = ratioFit(one.trials, first.trials)
    return fit && { value: fit.value, low: fit.low, high: fit.high }
  }
  // Held nothing: less than the lowest rate that there is.
  const most = first.rate === 0 && first.isComplete ? rateMin : first.high
  if (one.rate > 0 && most !== null)
    return { value: one.low / most, low: one.low / most, high: null }
  if (one.high === null || first.rate === 0) return null
  return { value: one.high / first.rate, low: null, high: one.high / first.rate }
}

/**
 * An invariant broke where the audit of an arm was red at any rate, other than is known of its
 * options; untrusted where a border was not established; a target was missed where the last arm,
 * which is the one under judgement, holds no rate at all.
 */
export function verdictOf(banks: readonly BankCapacity[]): RunVerdict {
  const all = banks.flatMap(({ arms }) => arms)
  if (all.some(({ trials }) => trials.some(({ audit }) => audit === 'red'))) {
    return 'invariant-broken'
  }
  if (all.some(({ trials, isComplete }) => trials.length === 0 || !isComplete)) return 'untrusted'
  return banks.some(({ arms }) => arms.at(-1)?.rate === 0) ? 'target-missed' : 'as-expected'
}
