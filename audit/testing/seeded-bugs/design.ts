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
]
