import type { ScenarioName } from '../../loadtests/crowd/profiles.ts'
import type { Variant } from '../../server/designs/ladder.ts'
import type { Driver, StockLevel } from '../run/result.ts'
import type { LeftOut } from './result.ts'

/** Options of `./stampede ladder` and `compare`; what is undefined takes the scenario's default. */
export interface LadderOptions {
  kind: 'ladder' | 'compare'
  variants: Variant[]
  leftOut: LeftOut[]
  /** The words of the command that choose the designs: what the repeat command says again. */
  words: string[]
  scenario: ScenarioName
  /** Levels of stock, each with blocks of its own. */
  stocks: StockLevel[]
  /** Blocks per arm. */
  blocks: number | undefined
  durationSeconds: number | undefined
  /** Peak arrivals per second. */
  rate: number | undefined
  seed: number
  driver: Driver | undefined
  quick: boolean
  /** Absolute path of the report's folder. */
  out: string | undefined
  /** Absolute path where the report goes as JSON, besides its folder. */
  jsonFile: string | undefined
  /** Keep metrics in a private Prometheus, if one is available. */
  prometheus: boolean
  install: boolean
}

export const stockWords = ['plenty', 'scarce', 'both'] as const
