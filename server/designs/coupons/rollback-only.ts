import { Problem } from '../../errors.ts'
import type { Option } from '../option.ts'
import type { Coupons } from './coupons.ts'
import { quickLastSeqs } from './sequence.ts'
import { insertHere, issueStepwise, type Stepwise } from './stepwise.ts'

export const rollbackOnly: Option<Coupons> = {
  summary: 'the collision is caught, the transaction is lost all the same',
  doc:
    'S2’s third try: `catch` around the insert, in a framework that marks the transaction as ' +
    'rollback-only when the exception passes its border. The work goes on and fails at the commit.',
  leavesOpen: 'each of two who picked one number but the first',
  hazard: 'of requests that meet at one number all but one fail (503), although there are numbers',
  open() {
    const seqs = quickLastSeqs()
    return {
      issue: (ctx, request) =>
        ctx.connections.transaction(async (db) => {
          let isRollbackOnly = false
          const insert: Stepwise['insert'] = async (...of) => {
            const isMine = await insertHere(...of)
            isRollbackOnly ||= !isMine
            return isMine
          }
          const issued = await issueStepwise(ctx, db, request, {
            ...{ seqs, insert, afterCollision: 'next-number' },
          })
          if (isRollbackOnly) throw new Problem('coupon-collision')
          return issued
        }),
    }
  },
}
