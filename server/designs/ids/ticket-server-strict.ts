import type { Option } from '../option.ts'
import type { Ids } from './ids.ts'
import { orUnavailable } from './ticket-server.ts'

export const ticketServerStrict: Option<Ids> = {
  summary: 'the same server, asked when the id is needed, askers share a round trip',
  doc:
    'Ids come from the ticket server at the time they are needed, none is leased ahead: those ' +
    'who ask while one round trip is under way share the next.',
  in: 'a count',
  out: 'values in a row',
  closes:
    'a later order with the smaller id, whatever process it came to, by asking the one counter ' +
    'after the order has come',
  leavesOpen:
    'the same where two ticket servers answer at once, since each hands out a range of its own',
  hazard: 'two ticket servers at once: each hands out in its own order',
  open: () => ({
    async take({ tickets }, _db, sequence, count) {
      return await orUnavailable(() => tickets.takeInOrder(sequence, count))
    },
  }),
}
