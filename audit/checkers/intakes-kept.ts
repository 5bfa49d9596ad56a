import type { JourneyRecord } from '../../loadtests/crowd/history.ts'
import type { Checker } from '../checker.ts'
import { rowsOf } from '../exercise.ts'
import { judged, merged, violationsIn } from '../findings.ts'
import { journeysOf } from '../journeys.ts'
import { select } from '../select.ts'

/** Holds for every design: where nothing is taken in, there is nothing to keep. */
export const intakesKept: Checker = {
  name: 'intakes-kept',
  promise:
    'Every order that was taken in (202) has ended as its one order or as a refusal that no ' +
    'order contradicts, as its client was answered, and what it asked for is no longer kept.',
  exercise: rowsOf('orders that were taken in', 'order_intakes'),
  async check(evidence) {
    const inDatabase = [stillWaiting, placedWithoutOrder, refusedWithOrder, notErased]
    const reported = journeysOf(evidence).filter(({ order }) => order?.intake !== undefined)
    const rows = reported.length === 0 ? [] : await select(evidence.db, intakes)
    const byId = new Map((rows as IntakeRow[]).map((row) => [row.id, row]))
    return merged([
      judged(reported.flatMap((journey) => contradictionIn(journey, byId) ?? [])),
      await violationsIn(evidence.db, inDatabase),
    ])
  },
}

const orderId = `cast(json_unquote(json_extract(i.response_body, '$.id')) as unsigned)`
const named = `'intake ', i.id, ' of key ', i.idempotency_key`

const stillWaiting = `
  select concat(${named}, ' still waits') as violation
  from order_intakes i where i.status not in ('placed', 'refused')`

/** An order whose payment was open may be undone after its answer, which takes its key away. */
const placedWithoutOrder = `
  select concat(${named}, ' is placed, but has no order') as violation
  from order_intakes i
  left join orders o on o.id = ${orderId} and o.user_id = i.user_id
    and (o.idempotency_key = i.idempotency_key or o.cancel_reason = 'undone' and
         json_unquote(json_extract(i.response_body, '$.payment.status')) in ('sent', 'unknown'))
  where i.status = 'placed' and o.id is null`

const refusedWithOrder = `
  select concat(${named}, ' is refused, but has order ', o.id) as violation
  from order_intakes i join orders o on o.idempotency_key = i.idempotency_key
  where i.status = 'refused'`

const notErased = `
  select concat(${named}, ' has ended and still has its request') as violation
  from order_intakes i where i.status in ('placed', 'refused') and i.request is not null`

interface IntakeRow {
  id: string
  status: string
  orderId: string | null
}

const intakes = `
  select cast(i.id as char) as id, i.status, cast(${orderId} as char) as orderId
  from order_intakes i`

function contradictionIn(
  { order }: JourneyRecord,
  byId: ReadonlyMap<string, IntakeRow>,
): string | undefined {
  const { intake = '', outcome, id, keys = [] } = order ?? {}
  const name = `intake ${intake} of key ${keys.at(-1) ?? '?'}`
  const row = byId.get(intake)
  if (!row) return `${name} was given to its client but is not in the database`
  if (outcome === 'ok' && (row.status !== 'placed' || row.orderId !== id)) {
    const now = `${row.status} ${row.orderId ?? ''}`.trimEnd()
    return `${name} was answered as order ${id}, but is ${now}`
  }
  if (outcome === 'fail' && row.status !== 'refused') {
    return `${name} was answered as refused, but is ${row.status}`
  }
}
