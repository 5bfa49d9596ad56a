import { axis } from '../axis.ts'
import { databaseSequence } from './database-sequence.ts'
import type { Ids } from './ids.ts'
import { replaceInto } from './replace-into.ts'
import { sequenceFunction } from './sequence-function.ts'
import { sequenceTable } from './sequence-table.ts'
import { ticketServer } from './ticket-server.ts'
import { ticketServerStrict } from './ticket-server-strict.ts'
import { timeSorted } from './time-sorted.ts'

export const ids = axis<Ids>()({
  question: 'Where do ids come from?',
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
  lines: {
    'sequence-table': 'one locked row per sequence, inside the transaction that needs the id',
    'sequence-function': 'the same row, raised by one statement that commits by itself',
    'replace-into': 'a row replaced for each id, which AUTO_INCREMENT numbers (Flickr, on InnoDB)',
    'database-sequence': 'MariaDB’s SEQUENCE, a thousand values cached by the server',
    'ticket-server': 'ranges leased ahead from an in-memory server of its own',
    'ticket-server-strict':
      'the same server, asked when the id is needed, askers share a round trip',
    'time-sorted': 'clock, number of the process and a counter: nobody is asked',
  },
  hazards: {
    'sequence-table': 'a rollback takes the count back: an id that was told comes again',
    'replace-into': 'its statements deadlock with each other, and are tried again',
    'database-sequence': 'MariaDB only: on MySQL every id is refused',
    'ticket-server': 'processes use up their ranges side by side: a later id may be smaller',
    'ticket-server-strict': 'two ticket servers at once: each hands out in its own order',
    'time-sorted':
      'clocks that differ put ids out of order; the 256th process after one has its number too',
  },
})
