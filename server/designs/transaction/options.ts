import { axis } from '../axis.ts'
import { oneBig } from './one-big.ts'
import { split } from './split.ts'
import type { TransactionShape } from './transaction.ts'

export const transaction = axis<TransactionShape>()({
  question: 'How much does one transaction hold?',
  before: 'one-big',
  after: 'split',
  options: { 'one-big': oneBig, split },
  lines: {
    'one-big': 'all items, the order and the bank call in one transaction',
    split: 'a transaction per item, the bank outside, undo on failure, recovery by saga rows',
  },
})
