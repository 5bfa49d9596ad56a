import { caughtBy } from './bug.ts'

const at = `'2026-01-05 09:00:00'`

/** Batch 1 of 5 units: 3 kept, 1 returned by itself, 1 with the settling. */
const soundBatch = [
  `insert into stock_batches (id, option_id, quantity, returned, created_at, settled_at)
   values (1, 11, 5, 1, ${at}, ${at})`,
  `insert into stock_claims (batch_id, ticket, option_id, quantity, status, created_at)
   values (1, 0, 11, 3, 'kept', ${at}), (1, 2, 11, 1, 'returned', ${at})`,
]

const reservation = (status: string) =>
  `insert into stock_reservations (id, option_id, quantity, status, created_at)
   values ('r-1', 11, 2, '${status}', ${at})`

/** What a sale with merged takes and counters leaves behind when nothing is wrong. */
export const soundGrants = [...soundBatch, reservation('settled')]

export const grants = [
  ...caughtBy('stock-grants', {
    'a batch whose process died and that was not settled': {
      says: 'batch 1 of 5 units of option 11 is not settled',
      sql: [...soundBatch, 'update stock_batches set settled_at = null'],
    },
    'a claim that came after its batch was settled': {
      says: '6 claimed, 1 returned',
      sql: [
        ...soundBatch,
        `insert into stock_claims (batch_id, ticket, option_id, quantity, status, created_at)
         values (1, 3, 11, 2, 'kept', ${at})`,
      ],
    },
    'a batch settled without giving the rest back': {
      says: '4 claimed, 0 returned',
      sql: [...soundBatch, 'update stock_batches set returned = 0'],
    },
    'claims that outlived their batch': {
      says: 'batch 1, which is not there',
      sql: [...soundBatch, 'delete from stock_batches'],
    },
    'a claim for another option than its batch': {
      says: '3 units of option 12',
      sql: [...soundBatch, 'update stock_claims set option_id = 12 where ticket = 0'],
    },
    'a reservation that never came into the table': {
      says: 'reservation r-1 of 2 units of option 11 is open',
      sql: [reservation('open')],
    },
  }),
]
