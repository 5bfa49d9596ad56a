import { axis } from '../axis.ts'
import { databaseSequence } from './database-sequence.ts'
import type { IdsOption } from './ids.ts'
import { replaceInto } from './replace-into.ts'
import { sequenceFunction } from './sequence-function.ts'
import { sequenceTable } from './sequence-table.ts'
import { ticketServer } from './ticket-server.ts'
import { ticketServerStrict } from './ticket-server-strict.ts'
import { timeSorted } from './time-sorted/time-sorted.ts'

export const ids = axis<IdsOption>()({
  question: 'Where do ids come from?',
  in: 'a count',
  before: 'sequence-table',
  after: 'ticket-server',
  options: {
    'sequence-table': sequenceTable,
    'sequence-function': sequenceFunction,
    'replace-into': replaceInto,
    'database-sequence': databaseSequence,
    'ticket-server': ticketServer,
    'ticket-server-strict': ticketServerStrict,
    'time-sorted': timeSorted,
  },
})
