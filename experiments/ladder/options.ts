import type { Variant } from '../../server/designs/ladder.ts'
import type { CrowdOptions } from '../run/options.ts'
import type { StockLevel } from '../run/result.ts'
import type { LeftOut } from './result.ts'

/** Options of `./stampede ladder` and `./stampede compare`. */
export interface LadderOptions extends CrowdOptions {
  kind: 'ladder' | 'compare'
  variants: Variant[]
  leftOut: LeftOut[]
  /** The words of the command that choose the designs: the repeat command has them again. */
  words: string[]
  /** Levels of stock, each with blocks of its own. */
  stocks: StockLevel[]
  /** Absolute path where the report goes as JSON, besides its folder. */
  jsonFile: string | undefined
}

export const stockWords = ['plenty', 'scarce', 'both'] as const
