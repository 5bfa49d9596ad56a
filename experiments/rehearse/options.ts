import type { CrowdOptions } from '../run/options.ts'
import type { Plan, StockLevel } from '../run/result.ts'

/** Options of `./stampede rehearse`. */
export interface RehearseOptions extends CrowdOptions {
  /** Two designs as the command line names them: presets and `axis=option`, joined by commas. */
  arms: [before: string, after: string]
  /** The same as full labels: one option for every axis. */
  labels: [before: string, after: string]
  /** Faults in place of those that the scenario brings. */
  faults: Plan['faults']
  stock: StockLevel
  /** `compose` = the arms that `docker compose up` has published, instead of private ones. */
  target: (typeof targets)[number]
}

export const targets = ['private', 'compose'] as const
export const stockLevels = ['plenty', 'scarce'] as const
