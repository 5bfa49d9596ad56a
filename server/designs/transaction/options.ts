import { axis } from '../axis.ts'
import { batched } from './batched.ts'
import { oneBig } from './one-big.ts'
import { singleStatement } from './single-statement.ts'
import { sorted } from './sorted.ts'
import { split } from './split.ts'
import type { TransactionShape } from './transaction.ts'

export const transaction = axis<TransactionShape>()({
  question: 'How much does one transaction hold?',
  before: 'one-big',
  after: 'split',
  options: { 'one-big': oneBig, sorted, 'single-statement': singleStatement, batched, split },
  lines: {
    'one-big': 'all items, the order and the bank call in one transaction',
    sorted: 'one transaction too, its items locked in the order of their ids',
    'single-statement': 'one transaction, all items taken by one update along the primary key',
    batched: 'orders that wait at the same time are one transaction, with one update for all items',
    split: 'a transaction per item, the bank outside, undo on failure, recovery by saga rows',
  },
})
