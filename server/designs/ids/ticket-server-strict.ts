import type { Option } from '../option.ts'
import type { Ids } from './ids.ts'
import { orUnavailable } from './ticket-server.ts'

export const ticketServerStrict: Option<Ids> = {
  summary: 'the same server, asked when the id is needed, askers share a round trip',
  out: 'values in a row',
  closes:
    'a later order with the smaller id, whatever process it came to, by asking the one counter ' +
    'after the order has come',
  idsInOrder: true,
  hazard: 'two ticket servers at once: each hands out a range of its own, in its own order',
  open: () => ({
    async take({ tickets }, _db, sequence, count) {
      return await orUnavailable(() => tickets.takeInOrder(sequence, count))
    },
  }),
}
