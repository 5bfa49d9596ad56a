import { axis } from '../axis.ts'
import type { Option } from '../option.ts'
import { application } from './application.ts'
import { batched } from './batched.ts'
import { candidates } from './candidates.ts'
import type { Coupons } from './coupons.ts'
import { procedure } from './procedure.ts'
import { requiresNew } from './requires-new.ts'
import { rollbackOnly } from './rollback-only.ts'
import { skipLocked } from './skip-locked.ts'

export const coupons = axis<Option<Coupons>>()({
  question: 'How does a free number become the coupon of one partner?',
  in: 'partner, product, quantity, request id',
  out: 'numbers, each with its sequence',
  before: 'procedure',
  after: 'batched',
  isOfPartners: true,
  options: {
    procedure,
    application,
    'rollback-only': rollbackOnly,
    'requires-new': requiresNew,
    candidates,
    'skip-locked': skipLocked,
    batched,
  },
})
