import type { JourneyRecord } from '../../loadtests/crowd/history.ts'
import type { Checker } from '../checker.ts'
import { isRepeated, journeysWith } from '../exercise.ts'
import { judged, merged, violationsIn } from '../findings.ts'
import { journeysOf } from '../journeys.ts'
import { byId, byKey, type OrderRow, ordersIn } from '../rows.ts'

export const oneOrderPerKey: Checker = {
  name: 'one-order-per-key',
  promise: 'No idempotency key made two orders, and every answer under a key named the same order.',
  exercise: journeysWith('order keys that were sent again', ({ order }) => isRepeated(order)),
  async check(evidence) {
    const { db } = evidence
    const orders = await ordersIn(evidence)
    const twice = [...byKey(orders)]
      .filter(([key, rows]) => key !== '' && rows.length > 1)
      .map(([key, rows]) => `key ${key} made orders ${rows.map(({ id }) => id).join(' and ')}`)
    const rows = byId(orders)
    const answered = journeysOf(evidence).flatMap((record) => otherOrder(record, rows) ?? [])
    return merged([judged(twice), judged(answered), await violationsIn(db, [otherReplay])])
  },
}

/** The answer that ended the intent came under its last key. */
function otherOrder({ order }: JourneyRecord, rows: Map<string, OrderRow>): string | undefined {
  if (order?.outcome !== 'ok' || order.id === undefined) return
  const row = rows.get(order.id)
  const key = order.keys.at(-1) ?? ''
  if (!row || row.key === key || row.key === '') return
  return `key ${key} was answered with order ${order.id}, which belongs to key ${row.key}`
}

/** A stored answer is what every replay returns. Concatenated, ids are compared digit by digit. */
const otherReplay = `
  select concat('replays of key ', k.idempotency_key, ' name order ',
                json_unquote(json_extract(k.response_body, '$.id')), ' instead of ', o.id)
         as violation
  from idempotency_keys k join orders o on o.idempotency_key = k.idempotency_key
  where k.response_status between 200 and 299
    and coalesce(json_unquote(json_extract(k.response_body, '$.id')), '') <> concat(o.id, '')`
