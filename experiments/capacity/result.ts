import type { Arrivals } from '../../loadtests/crowd/arrival-times.ts'
import type { ArmSpec, Driver, RunReport, RunVerdict } from '../run/result.ts'
import type { SearchBounds, Target } from './options.ts'
import { type Found, found } from './search.ts'
import type { Trial } from './verdict.ts'

/** What one arm holds. */
export interface ArmCapacity extends Found {
  arm: ArmSpec
  trials: Trial[]
  /** Good answers per second at the highest rate held at or below `rate`; null when none was. */
  goodputPerSecond: number | null
  p99Ms: number | null
}

/** report.json of a search. */
export interface CapacityResult extends Omit<RunReport, 'reasons'> {
  arms: ArmCapacity[]
  scenario: string
  arrivals: Arrivals
  target: Target
  durationSeconds: number
  seed: number
  driver: Driver
}

export function capacityOf(arm: ArmSpec, trials: Trial[], bounds: SearchBounds): ArmCapacity {
  const border = found(trials, bounds)
  const runs = trials.filter(({ rate, outcome }) => rate === border.held && outcome === 'held')
  const mean = (figures: number[]) =>
    figures.length === 0 ? null : figures.reduce((a, b) => a + b, 0) / figures.length
  return {
    ...border,
    arm,
    trials,
    goodputPerSecond: mean(runs.map(({ goodputPerSecond }) => goodputPerSecond)),
    p99Ms: mean(runs.flatMap(({ p99Ms }) => p99Ms ?? [])),
  }
}

/**
 * The last arm is the one under judgement, as in a rehearsal: an invariant broke where its audit
 * was red at any rate; untrusted where a border was not established; a target was missed where it
 * holds no rate at all.
 */
export function verdictOf(arms: readonly ArmCapacity[]): RunVerdict {
  const last = arms.at(-1)
  if (last?.trials.some(({ audit }) => audit === 'red')) return 'invariant-broken'
  if (arms.some(({ trials, isComplete }) => trials.length === 0 || !isComplete)) return 'untrusted'
  return last?.rate === 0 ? 'target-missed' : 'as-expected'
}
