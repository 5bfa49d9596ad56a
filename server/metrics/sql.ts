import type { Registry } from 'prom-client'
import type { SqlTally } from '../db/sql-tally.ts'
import { hotCounter, hotHistogram } from './hot.ts'
import { registerMetrics } from './register.ts'
import { counter, durationBuckets, histogram } from './table.ts'

/** Where a sale is made or lost. */
export const sqlRoutes = ['orders.create', 'payments.create', 'coupons.issue'] as const
type SqlRoute = (typeof sqlRoutes)[number]
const labels = { route: sqlRoutes }
/** What is seen by itself of a request for coupons; all else is `other`. */
const seenStatements = [
  ...['select issue_coupons', 'select coupon_partners', 'update coupon_partners'],
  ...['select coupon_requests', 'insert coupon_requests', 'select coupon_products'],
  ...['select coupon_numbers', 'update coupon_numbers'],
  ...['select coupon_issues', 'insert coupon_issues', 'other'],
]
const statements = { statement: seenStatements }

export const sqlMetrics = {
  stampede_request_sql_statements: histogram(
    'SQL statements that one request ran by itself, by route; what a batch runs for it, and its ' +
      'idempotency key, left out.',
    [0, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89],
    labels,
  ),
  stampede_request_sql_seconds: histogram(
    'Time that one request waited for them, by route.',
    durationBuckets,
    labels,
  ),
  stampede_sql_statements_total: counter('SQL statements of requests, by statement.', statements),
  stampede_sql_seconds_total: counter('Time of these, by statement.', statements),
}

/** The SQL of one request. */
export interface RequestSql extends SqlTally {
  /** Its answer is ready: what is run later counts by statement only. */
  ended(): void
}

/** @returns for a route, what opens the tally of one of its requests */
export function sqlMeter(registry: Registry): (route: string) => () => RequestSql {
  const counts = hotHistogram(sqlMetrics.stampede_request_sql_statements)
  const times = hotHistogram(sqlMetrics.stampede_request_sql_seconds)
  const statementCounts = hotCounter(sqlMetrics.stampede_sql_statements_total)
  const statementTimes = hotCounter(sqlMetrics.stampede_sql_seconds_total)
  registerMetrics(registry, sqlMetrics, {
    stampede_request_sql_statements: counts.read,
    stampede_request_sql_seconds: times.read,
    stampede_sql_statements_total: statementCounts.read,
    stampede_sql_seconds_total: statementTimes.read,
  })
  const countOf = new Map(Object.entries(statementCounts.each('statement')))
  const timeOf = new Map(Object.entries(statementTimes.each('statement')))
  return (route) => {
    const of = isSqlRoute(route)
      ? { count: counts.series({ route }), time: times.series({ route }) }
      : undefined
    return () => {
      const own = { count: 0, seconds: 0 }
      return {
        ran(name, durationMs) {
          const statement = countOf.has(name) ? name : 'other'
          countOf.get(statement)?.()
          timeOf.get(statement)?.(durationMs / 1000)
          own.count += 1
          own.seconds += durationMs / 1000
        },
        ended() {
          of?.count(own.count)
          of?.time(own.seconds)
        },
      }
    }
  }
}

const isSqlRoute = (route: string): route is SqlRoute =>
  (sqlRoutes as readonly string[]).includes(route)
