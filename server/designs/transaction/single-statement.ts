import type { Option } from '../option.ts'
import { inOne, linesAtOnce } from './expand.ts'
import type { TransactionShape } from './transaction.ts'

export const singleStatement: Option<TransactionShape> = {
  summary: 'one transaction, all items taken by one update along the primary key',
  doc: 'The items are taken after the order is written.',
  closes:
    'the deadlock, since the statement walks the primary key, and the round trips with locks ' +
    'held between the items',
  leavesOpen: 'locks held while the bank is asked',
  hazard: 'rolled back after the bank was asked, it leaves a charge without a payment',
  knownBad: { checks: ['captures-match-bank'], when: 'at-a-rollback' },
  open: () => ({
    execute: (ctx, flow, state) => inOne(ctx, flow, linesAtOnce(flow.steps), state),
  }),
}
