import type { Registry } from 'prom-client'
import type { SqlTally } from '../db/sql-tally.ts'
import { routeNames } from '../route-names.ts'
import { hotHistogram } from './hot.ts'
import { registerMetrics } from './register.ts'
import { counter, durationBuckets, histogram } from './table.ts'

const labels = { route: routeNames }
/** Written in the code, so that there are only so many; more than this are one series. */
const statements = { statement: [] }
const statementsMax = 200

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

function once<T>(make: () => T): () => T {
  let made: T | undefined
  return () => (made ??= make())
}

/** @returns for a route, what opens the tally of one of its requests */
export function sqlMeter(registry: Registry): (route: string) => () => RequestSql {
  const counts = hotHistogram(sqlMetrics.stampede_request_sql_statements)
  const times = hotHistogram(sqlMetrics.stampede_request_sql_seconds)
  const all = new Map<string, { count: number; seconds: number }>()
  const by = (figure: 'count' | 'seconds') => () =>
    Object.fromEntries([...all].map(([name, one]) => [name, one[figure]]))
  registerMetrics(registry, sqlMetrics, {
    stampede_request_sql_statements: counts.read,
    stampede_request_sql_seconds: times.read,
    stampede_sql_statements_total: by('count'),
    stampede_sql_seconds_total: by('seconds'),
  })
  const totalOf = (name: string) => {
    const key = all.has(name) || all.size < statementsMax ? name : 'other'
    const total = all.get(key) ?? { count: 0, seconds: 0 }
    all.set(key, total)
    return total
  }
  return (route) => {
    // Opened by the first request, as most routes of a process are never asked for.
    const series = once(() => [counts.series({ route }), times.series({ route })] as const)
    return () => {
      const own = { count: 0, seconds: 0 }
      return {
        ran(name, durationMs) {
          const total = totalOf(name)
          for (const one of [own, total]) {
            one.count += 1
            one.seconds += durationMs / 1000
          }
        },
        ended() {
          const [count, time] = series()
          count(own.count)
          time(own.seconds)
        },
      }
    }
  }
}
