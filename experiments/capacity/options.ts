import type { Arrivals } from '../../loadtests/crowd/arrival-times.ts'
import type { ScenarioName } from '../../loadtests/crowd/profiles.ts'
import { bankLatencyMsUsual } from '../run/arm-processes.ts'
import type { ExperimentOptions } from '../run/options.ts'
import type { ArmSpec, Driver, Objective } from '../run/result.ts'

/** Options of `./stampede capacity`. */
export interface CapacityOptions extends ExperimentOptions {
  arms: ArmSpec[]
  scenario: ScenarioName
  arrivals: Arrivals
  /** What a rate must keep to count as held, with a bank of the usual latency. */
  objective: Objective
  /** Mean times that the bank takes, milliseconds; each arm is searched with each of them. */
  bankLatenciesMs: number[]
  /** Seconds of crowd per block. */
  durationSeconds: number
  seed: number
  driver: Driver
  quick: boolean
  bounds: SearchBounds
  /** After a search, each arm is tried at these shares of the highest capacity of all arms. */
  curveShares: readonly number[]
  /** Everything together, milliseconds. */
  timeMsMax: number
}

export interface SearchBounds {
  /** Peak arrivals per second: where the search begins, and where it ends in any case. */
  rateFrom: number
  rateMax: number
  /** Blocks per arm. */
  blocksMax: number
  /** Done once the upper end of the interval is at most so many times the lower one. */
  ratioMax: number
}

/**
 * The objective with another bank: customers wait for it whatever the shop does, so that what it
 * takes more is added to the limits of time, and what it takes less is taken off.
 * @param bankLatencyMs mean time that the bank takes
 */
export function objectiveWith(bankLatencyMs: number, objective: Objective): Objective {
  const moreMs = bankLatencyMs - bankLatencyMsUsual
  const { servedPercentMin, p99MsMax, sojournMsMax } = objective
  return { servedPercentMin, p99MsMax: p99MsMax + moreMs, sojournMsMax: sojournMsMax + moreMs }
}

/** Sized so that two arms with four banks take less than half an hour. */
export const searchShapes = {
  usual: { durationSeconds: 6, blocksMax: 9, ratioMax: 1.25, curveShares: [0.5, 1.25] },
  quick: { durationSeconds: 4, blocksMax: 7, ratioMax: 1.5, curveShares: [1] },
} as const
