import type { Arrivals } from '../../loadtests/crowd/arrival-times.ts'
import type { ScenarioName } from '../../loadtests/crowd/profiles.ts'
import type { ArmSpec, Driver } from '../run/result.ts'

/** Options of `./stampede capacity`. */
export interface CapacityOptions {
  arms: ArmSpec[]
  scenario: ScenarioName
  arrivals: Arrivals
  /** What a rate must keep to count as held. */
  target: Target
  /** Seconds of crowd per block. */
  durationSeconds: number
  seed: number
  driver: Driver
  bounds: SearchBounds
  /** All arms together, milliseconds. */
  timeMsMax: number
  /** Absolute path for the result as JSON. */
  jsonFile: string | undefined
  /** Absolute path of a folder for result and table. */
  out: string | undefined
  install: boolean
}

export interface Target {
  p99MsMax: number
  /** Share of the journeys wanted that were answered rightly, 0..100. */
  servedPercentMin: number
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
