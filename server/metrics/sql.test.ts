import { expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { Registry } from 'prom-client'
import { statementName } from '../db/statement-name.ts'
import { sqlMeter } from './sql.ts'

const log = sql`coupon_issues use index ()`

test.each([
  [sql`select max(seq) as seq from ${log} where product_id = ${7}`, 'select coupon_issues'],
  [sql`select issue_coupons(${'a'}, ${'b'}) as answer`, 'select issue_coupons'],
  [
    sql`
    insert into orders (id) values ${sql.join([sql`(${1})`], sql`,`)}`,
    'insert orders',
  ],
  [sql`update users set version = ${1} where id = ${2}`, 'update users'],
  [sql`delete from ${sql.identifier('cart_items')} where id = ${2}`, 'delete cart_items'],
  [sql`savepoint units_taken`, 'savepoint'],
  [sql`${'drop'} something`, 'other'],
])('%# a statement is named by verb and table, without a value', (statement, name) => {
  expect(statementName(statement)).toBe(name)
  expect(statementName(statement)).toBe(name)
})

test('a request has count and time of its statements, and each statement its own', async () => {
  const registry = new Registry()
  const open = sqlMeter(registry)('coupons.issue')
  const request = open()
  request.ran('select coupon_issues', 200)
  request.ran('insert coupon_issues', 50)
  request.ended()
  request.ran('insert coupon_issues', 50)
  const text = await registry.metrics()
  const route = 'route="coupons.issue"'
  expect(text).toContain(`stampede_request_sql_statements_sum{${route}} 2`)
  expect(text).toContain(`stampede_request_sql_seconds_sum{${route}} 0.25`)
  expect(text).toContain('stampede_sql_statements_total{statement="insert coupon_issues"} 2')
  expect(text).toContain('stampede_sql_seconds_total{statement="select coupon_issues"} 0.2')
})
