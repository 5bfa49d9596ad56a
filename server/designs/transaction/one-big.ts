import type { Option } from '../option.ts'
import { inOne, lineByLine } from './expand.ts'
import type { TransactionShape } from './transaction.ts'

export const oneBig: Option<TransactionShape> = {
  summary: 'all items, the order and the bank call in one transaction',
  doc:
    'In the customer’s order: each lock is held until the slowest part has answered, and a ' +
    'rollback cannot take back what the bank did.',
  leavesOpen: 'two buyers who hold one item each and wait for the other’s',
  hazard: 'rolled back after the bank was asked, it leaves a charge without a payment',
  knownBad: { checks: ['captures-match-bank'], when: 'at-a-rollback' },
  open: () => ({
    execute: (ctx, flow, state) => inOne(ctx, flow, lineByLine(flow).steps, state),
  }),
}
