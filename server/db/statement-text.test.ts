import { expect, test } from 'bun:test'
import { type SQL, sql } from 'drizzle-orm'
import { MySqlDialect } from 'drizzle-orm/mysql-core'
import { format } from 'mysql2'
import { orders } from './schema/orders.ts'
import { textOf } from './statement-text.ts'
import { listOf, momentFromNow } from './statements.ts'

/** What the driver makes of it. */
function expected(statement: SQL): string {
  const { sql: text, params } = new MySqlDialect().sqlToQuery(statement)
  return format(text, params as never[], false, 'Z')
}

const nasty = [
  '',
  "o'clock",
  'back\\slash',
  'new\nline',
  'ends with \\',
  '"; drop table x; --',
  '?',
]
const statements: Record<string, SQL> = {
  nothing: sql`select 1`,
  values: sql`values (${1}, ${'a'}, ${null}, ${true}, ${2n ** 63n}, ${new Date(0)}, ${-1.5})`,
  'hostile text': sql`values (${sql.join(
    nasty.map((text) => sql`${text}`),
    sql`, `,
  )})`,
  'statements within': sql`
    delete from t where id in (${listOf(['1', 2])}) and at < ${momentFromNow(-5)}`,
  names: sql`select * from ${sql.identifier('odd`name')} where a = ${'?'}`,
  'raw text': sql`select ${sql.raw('count(*)')} from t`,
  'what only drizzle knows': sql`select ${orders.id} from ${orders} where id = ${'7'}`,
}

test.each(Object.entries(statements))('%s: as drizzle and the driver write it', (_, statement) => {
  expect(textOf(statement)).toBe(expected(statement))
})
