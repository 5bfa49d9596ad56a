import { axis } from '../axis.ts'
import type { Ids } from './ids.ts'
import { sequenceTable } from './sequence-table.ts'
import { ticketServer } from './ticket-server.ts'

export const ids = axis<Ids>()({
  question: 'Where do ids come from?',
  before: 'sequence-table',
  after: 'ticket-server',
  options: { 'sequence-table': sequenceTable, 'ticket-server': ticketServer },
  lines: {
    'sequence-table': 'one locked row per sequence, inside the transaction that needs the id',
    'ticket-server': 'ranges leased ahead from an in-memory server of its own',
  },
})
