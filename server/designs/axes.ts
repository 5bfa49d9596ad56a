import type { Effects } from './effects/effects.ts'
import { inline } from './effects/inline.ts'
import { outbox } from './effects/outbox.ts'
import type { Ids } from './ids/ids.ts'
import { sequenceTable } from './ids/sequence-table.ts'
import { ticketServer } from './ids/ticket-server.ts'
import { conditionalUpdate } from './stock/conditional-update.ts'
import { rowLock } from './stock/row-lock.ts'
import type { Stock } from './stock/stock.ts'
import { oneBig } from './transaction/one-big.ts'
import { split } from './transaction/split.ts'
import type { TransactionShape } from './transaction/transaction.ts'

/** One decision that breaks under a spike: its question, its options, and which of them is when. */
interface AxisEntry<Option, Name extends string> {
  question: string
  before: Name
  after: Name
  options: Record<Name, Option>
  /** One line an option for the reference page. */
  lines: Record<Name, string>
}

const axis =
  <Option>() =>
  <Name extends string>(entry: AxisEntry<Option, Name>) =>
    entry

/** The registry of all axes. A new option is one file and one line here. */
export const axes = {
  ids: axis<Ids>()({
    question: 'Where do ids come from?',
    before: 'sequence-table',
    after: 'ticket-server',
    options: { 'sequence-table': sequenceTable, 'ticket-server': ticketServer },
    lines: {
      'sequence-table': 'one locked row per sequence, inside the transaction that needs the id',
      'ticket-server': 'ranges leased ahead from an in-memory server of its own',
    },
  }),
  transaction: axis<TransactionShape>()({
    question: 'How much does one transaction hold?',
    before: 'one-big',
    after: 'split',
    options: { 'one-big': oneBig, split },
    lines: {
      'one-big': 'all items, the order and the bank call in one transaction',
      split: 'a transaction per item, the bank outside, undo on failure, recovery by saga rows',
    },
  }),
  stock: axis<Stock>()({
    question: 'How is an item taken from stock?',
    before: 'row-lock',
    after: 'conditional-update',
    options: { 'row-lock': rowLock, 'conditional-update': conditionalUpdate },
    lines: {
      'row-lock': 'select for update, look, update',
      'conditional-update': 'one update that looks and takes',
    },
  }),
  effects: axis<Effects>()({
    question: 'When do the side effects of a payment happen?',
    before: 'inline',
    after: 'outbox',
    options: { inline, outbox },
    lines: {
      inline: 'at once, inside the payment’s transaction',
      outbox: 'a row in that transaction, a relay and a queue worker after it',
    },
  }),
} as const

export type Axis = keyof typeof axes

export type OptionName<A extends Axis> = keyof (typeof axes)[A]['options'] & string

export const axisNames = Object.keys(axes) as Axis[]
