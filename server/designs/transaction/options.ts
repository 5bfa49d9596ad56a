import { axis } from '../axis.ts'
import type { Option } from '../option.ts'
import { batched } from './batched/batched.ts'
import { oneBig } from './one-big.ts'
import { perItem } from './per-item.ts'
import { singleStatement } from './single-statement.ts'
import { sorted } from './sorted.ts'
import { split } from './split/split.ts'
import type { TransactionShape } from './transaction.ts'

export const transaction = axis<Option<TransactionShape>>()({
  question: 'How much does one transaction hold?',
  in: 'a flow',
  out: 'all of it or nothing',
  before: 'one-big',
  after: 'split',
  peak: 'batched',
  options: {
    'one-big': oneBig,
    'per-item': perItem,
    sorted,
    'single-statement': singleStatement,
    batched,
    split,
  },
})
