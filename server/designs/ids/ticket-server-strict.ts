import type { IdsOption } from './ids.ts'
import { orUnavailable } from './ticket-server.ts'

export const ticketServerStrict: IdsOption = {
  range: 'tickets',
  summary: 'the same server, asked when the id is needed, askers share a round trip',
  out: 'values in a row',
  closes:
    'a later order with the smaller id, whatever process it came to, by asking the one counter ' +
    'after the order has come',
  idsInOrder: true,
  hazard: 'two ticket servers at once: each hands out a range of its own, in its own order',
  open: () => ({
    async take({ tickets, side }, _db, sequence, count) {
      return await orUnavailable(side, sequence, () => tickets.takeInOrder(sequence, count))
    },
  }),
}
