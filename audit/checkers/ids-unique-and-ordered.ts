import type { JourneyRecord } from '../../loadtests/crowd/history.ts'
import type { Checker, Finding } from '../checker.ts'
import { rowsOf } from '../exercise.ts'
import { judged, merged, violationsIn } from '../findings.ts'
import { inversionsOf } from '../inversions.ts'
import { journeysOf } from '../journeys.ts'

/** Inversions are counted only: not every source of ids promises that there are none. */
export const idsUniqueAndOrdered: Checker = {
  name: 'ids-unique-and-ordered',
  promise:
    'Ids are unique and below 2^53. The count is that of inversions: orders asked for after ' +
    'another one was acknowledged that yet have the smaller id.',
  exercise: rowsOf('orders', 'orders'),
  async check(evidence) {
    const { db } = evidence
    const history = journeysOf(evidence)
    const statements = tables.flatMap((table) => [duplicates(table), outOfRange(table)])
    const finding = merged([await violationsIn(db, statements), judged(acknowledgedTwice(history))])
    return finding.verdict === 'true' ? withInversions(history) : finding
  },
}

const tables = ['orders', 'order_items', 'payments', 'payment_history', 'cart_items'] as const

const duplicates = (table: string) => `
  select concat('${table}: id ', id, ' is there ', count(*), ' times') as violation
  from ${table} group by id having count(*) > 1`

const outOfRange = (table: string) => `
  select concat('${table}: id ', id, ' is not within 1 to 2^53 - 1') as violation
  from ${table} where id = 0 or id > 9007199254740991`

function acknowledgedTwice(history: readonly JourneyRecord[]): string[] {
  return (['order', 'payment'] as const).flatMap((kind) => {
    const ids = history.flatMap((record) => record[kind]?.id ?? [])
    return [...Map.groupBy(ids, (id) => id)]
      .filter(([, same]) => same.length > 1)
      .map(([id, same]) => `${same.length} clients were given ${kind} ${id}`)
  })
}

const withInversions = (history: readonly JourneyRecord[]): Finding => ({
  ...judged(inversionsOf('order', history).found),
  verdict: 'true',
})
