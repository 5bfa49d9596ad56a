import type { ScenarioName } from '../../loadtests/crowd/profiles.ts'
import type { Driver, StockLevel } from '../run/result.ts'

/** Options of `./stampede rehearse`; what is undefined takes the default of the scenario. */
export interface RehearseOptions {
  scenario: ScenarioName
  /**
   * Two designs as the command line names them: a preset, or presets and `axis=option` joined by commas.
   */
  arms: [before: string, after: string]
  /** The same as full labels: one option for every axis. */
  labels: [before: string, after: string]
  /** Blocks per arm. */
  blocks: number | undefined
  /** Seconds of crowd per block. */
  durationSeconds: number | undefined
  /** Peak arrivals per second. */
  rate: number | undefined
  seed: number
  faults: {
    name: string
    settings: Record<string, unknown>
    fromSeconds: number
    toSeconds: number
  }[]
  driver: Driver | undefined
  stock: StockLevel
  /** `compose` = the arms that `docker compose up` has published, instead of private ones. */
  target: (typeof targets)[number]
  /** At most 90 s, with the tools that are installed. */
  quick: boolean
  /** Absolute path of the report's folder; undefined = a folder of the run's own. */
  out: string | undefined
  /** Keep metrics in a private Prometheus, if one is available. */
  prometheus: boolean
  /** May fetch tools that are missing. */
  install: boolean
}

export const targets = ['private', 'compose'] as const
export const stockLevels = ['plenty', 'scarce'] as const
