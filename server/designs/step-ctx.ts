import type { Ctx } from '../ctx.ts'
import type { Dispatch } from './dispatch/dispatch.ts'
import type { Effects } from './effects/effects.ts'
import type { Ids } from './ids/ids.ts'
import type { Stock } from './stock/stock.ts'

/** The axes that touch the rows of an order: what `transaction` runs and `reads` shows. */
export interface StepDesign {
  /** The whole design, as it is written into saga rows. */
  readonly label: string
  /** Names of the options in force. */
  readonly options: { readonly stock: string }
  readonly ids: Ids
  readonly stock: Stock
  readonly effects: Effects
  readonly dispatch: Dispatch
}

/** What a step of a flow may use: everything but the axis that runs it. */
export interface StepCtx extends Ctx {
  design: StepDesign
}
