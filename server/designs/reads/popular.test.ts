import { expect, test } from 'bun:test'
import { MySqlDialect } from 'drizzle-orm/mysql-core'
import { MySQL } from 'dt-sql-parser'
import { byDay, totalsStatement, unindexed } from './popular.ts'

const range = { from: '2026-01-01', to: '2026-01-07', limit: 10 }

test.each([
  ['without an index', unindexed],
  ['by the index', byDay],
])(
  'MySQL’s grammar takes the hint: %s',
  (_, table) => {
    const { sql } = new MySqlDialect().sqlToQuery(totalsStatement(table, range))
    expect(new MySQL().validate(sql.replaceAll('?', '1'))).toEqual([])
  },
  60_000,
)
