import type { Option } from '../option.ts'
import { newRun, runOn } from './split/split.ts'
import type { TransactionShape } from './transaction.ts'

export const perItem: Option<TransactionShape> = {
  summary: 'a transaction per item, in the customer’s order, each undone on failure; saga rows',
  doc:
    'What S5 went to: each item is committed at once, whatever the order of the items, and has ' +
    'its own undo.',
  out: 'done, undone, or in the hands of recovery',
  closes:
    'locks held from one item to the next or while the bank is waited for, the deadlock, and a ' +
    'charge without a payment, since the bank is asked again for its outcome',
  leavesOpen: 'others see an order half done, and a commit for each item is paid',
  commitsAlone: 'each item is committed at once',
  open: () => ({
    async execute(ctx, flow, state) {
      await runOn({ ...newRun(ctx, flow, state), commitsLines: true })
    },
  }),
}
