import type { Option } from '../option.ts'
import { inOne, linesById } from './expand.ts'
import type { TransactionShape } from './transaction.ts'

export const sorted: Option<TransactionShape> = {
  summary: 'one transaction too, its items locked last and in the order of their ids',
  closes: 'the deadlock, since no order that holds an item waits for a smaller one',
  leavesOpen: 'locks held while the bank is asked',
  hazard: 'rolled back after the bank was asked, it leaves a charge without a payment',
  knownBad: { checks: ['captures-match-bank'], when: 'at-a-rollback' },
  open: () => ({
    execute: (ctx, flow, state) => inOne(ctx, flow, linesById(flow.steps), state),
  }),
}
