import type { CrowdOptions } from '../run/options.ts'
import type { Expectation, Objective, Plan, StockLevel } from '../run/result.ts'

/** Options of `./stampede rehearse`. */
export interface RehearseOptions extends CrowdOptions {
  /** Designs as the command line names them: presets and `axis=option`, joined by commas. */
  arms: readonly string[]
  /** The same as full labels: one option for every axis. */
  labels: readonly string[]
  /** Faults in place of those that the scenario brings. */
  faults: Plan['faults']
  /** One of them acts on the network: a proxy stands before the servers of each arm. */
  isProxied: boolean
  stock: StockLevel
  /** Differences up to it do not matter: 0.05 = 5 %; undefined takes the usual one. */
  margin: number | undefined
  /** What after is to be beside before; undefined follows from the designs. */
  expect: Expectation | undefined
  /** What after must reach. */
  objective: Objective
  /** `compose` = the arms that `docker compose up` has published, instead of private ones. */
  target: (typeof targets)[number]
}

export const targets = ['private', 'compose'] as const
export const expectations = ['better', 'no-worse', 'any'] as const
export const stockLevels = ['plenty', 'scarce'] as const
