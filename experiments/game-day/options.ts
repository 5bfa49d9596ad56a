import type { Language } from '../report/words.ts'
import type { ExperimentOptions } from '../run/options.ts'

/** Options of `./stampede game-day FILE`. */
export interface GameDayOptions extends ExperimentOptions {
  file: string
  /** No person is there: their steps are marked as skipped. */
  unattended: boolean
  /** Of what is printed; both are written. */
  language: Language
  /** Keep metrics in a private Prometheus, if one is available. */
  prometheus: boolean
}
