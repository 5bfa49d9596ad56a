import type { Checker } from '../checker.ts'
import { rowsOf } from '../exercise.ts'
import { violationsIn } from '../findings.ts'

const tables = ['cart_items', 'orders', 'order_items', 'payments', 'payment_history'] as const

/** What gives ids of a sequence: its row, or what the ticket server has leased. */
const counters = `
  (select name, 'row' as counter, value, retired_value, retired_epoch from sequences
    where successor is not null
   union all
   select name, 'mark', high_water, retired_value, retired_epoch from ticket_marks
    where successor is not null) retired`

export const retiredSequences: Checker = {
  name: 'retired-sequences',
  promise:
    'A source of ids that a sequence has moved away from stands still: its counter is where it ' +
    'was when it was retired, and no row has an id that it would have given since.',
  exercise: rowsOf('retired sources of ids', counters),
  check: ({ db }) => violationsIn(db, [moved, ...tables.map(givenSince)]),
}

const moved = `
  select concat('the ', counter, ' of ', name, ' was retired at ', retired_value, ' by change ',
                retired_epoch, ' and is at ', value) as violation
  from ${counters} where value <> retired_value`

/** Above the last id of the retired row, and below those that its successor begins with. */
const givenSince = (table: string) => `
  select concat('${table}: id ', t.id, ' is of the row that change ', s.retired_epoch,
                ' has retired') as violation
  from sequences s join ${table} t
    on t.id > s.retired_value and t.id <= s.last and t.id < s.successor_first
  where s.name = '${table}' and s.successor is not null`
