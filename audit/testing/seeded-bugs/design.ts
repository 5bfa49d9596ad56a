import { caughtBy } from './bug.ts'

export const designChanges = [
  ...caughtBy('design-log', {
    'a change of the design that was deleted': {
      says: 'change 2 of the design is missing',
      sql: ['delete from design_log where epoch = 2'],
    },
    'a change whose reason was put otherwise later': {
      says: 'change 1 of the design is not as it was made',
      sql: [`update design_log set reason = 'all was well' where epoch = 1`],
    },
    'a last change that was made another one': {
      says: 'change 3 of the design is not as it was made',
      sql: [`update design_log set flags = replace(flags, '5', '50') where epoch = 3`],
    },
    'a change that was put between two': {
      says: 'change 3 of the design is not as it was made',
      sql: [
        'update design_log set epoch = 4 where epoch = 3',
        `insert into design_log select 3, flags, 'in between', author, digest, created_at
         from design_log where epoch = 2`,
      ],
    },
  }),
  ...caughtBy('retired-sequences', {
    'the row of a sequence that has moved still gives ids': {
      says: 'the row of orders was retired at 90 by change 2 and is at 91',
      sql: [`update sequences set value = value + 1 where name = 'orders'`],
    },
    'the ticket server still leases ids of a sequence that has gone back': {
      says: 'the mark of order_items was retired at 900 by change 3 and is at 1900',
      sql: [`update ticket_marks set high_water = 1900 where name = 'order_items'`],
    },
    'an order with an id of the retired row, which was put back afterwards': {
      says: 'orders: id 101 is of the row that change 2 has retired',
      sql: [`update sequences set successor_first = 102 where name = 'orders'`],
    },
  }),
]
