import type { Ctx } from '../ctx.ts'
import type { Admission } from './admission/admission.ts'
import type { Coupons } from './coupons/coupons.ts'
import type { Design } from './design.ts'
import type { Reads } from './reads/reads.ts'
import type { StepDesign } from './step-ctx.ts'
import type { TransactionShape } from './transaction/transaction.ts'

/** A design whose options are open: what a flow calls. */
export interface OpenedDesign extends StepDesign {
  readonly options: Design['options']
  readonly transaction: TransactionShape
  readonly reads: Reads
  readonly admission: Admission
  readonly coupons: Coupons
}

/** What a flow is given: resolved at the edge, passed on, never looked up. */
export interface FlowCtx extends Ctx {
  design: OpenedDesign
}
