import type { Pool } from 'mysql2/promise'
import type { Checker, Delivery, Finding } from '../checker.ts'
import * as events from '../events.ts'
import { rowsOf } from '../exercise.ts'
import { judged, merged, violationsIn } from '../findings.ts'
import { ordersIn } from '../rows.ts'
import { select } from '../select.ts'

/**
 * Holds for both designs: where an order has its outbox row, the worker's rows are looked at too.
 * Delivery is at least once, so a repeat is a remark: the partner counts an event id once.
 */
export const effectsOnce: Checker = {
  name: 'effects-once',
  promise:
    'Every paid order, and no other, was counted by the best-sellers and reached each partner, ' +
    'or that effect is dead and raised exactly one alert.',
  needs: ['deliveries'],
  exercise: rowsOf('paid orders', `orders where status = 'paid'`),
  async check(evidence) {
    const { db, deliveries } = evidence
    const paid = (await ordersIn(evidence)).filter(({ status }) => status === 'paid')
    const finding = merged([
      await violationsIn(db, statements),
      judged(
        misdelivered(
          paid.map(({ id }) => id),
          await deadEffects(db),
          deliveries,
        ),
      ),
    ])
    return finding.verdict === 'true' ? withRepeats(finding, deliveries) : finding
  },
}

const statements = [
  events.uneffectedSales,
  events.phantomSales,
  events.strayEffects,
  events.deadInSilence,
  events.needlessAlerts,
  events.unsentAlerts,
  events.miscounted,
]

async function deadEffects(db: Pool): Promise<Set<string>> {
  const rows = await select(
    db,
    `select handler, event_id as eventId from effects where status = 'dead'`,
  )
  return new Set(rows.map(({ handler, eventId }) => `${handler} ${eventId}`))
}

function misdelivered(
  paidIds: readonly string[],
  dead: ReadonlySet<string>,
  deliveries: readonly Delivery[],
): string[] {
  const sales = new Set(paidIds.map(events.paidEventOf))
  return events.partnerSinks.flatMap((sink) => {
    const received = deliveries.filter((delivery) => delivery.sink === sink)
    const known = new Set(received.map(({ eventId }) => eventId))
    const missing = [...sales]
      .filter((eventId) => !known.has(eventId) && !dead.has(`${sink} ${eventId}`))
      .map((eventId) => `${sink} never received ${eventId}`)
    const phantom = [...known]
      .filter((eventId) => !sales.has(eventId))
      .map((eventId) => `${sink} received ${eventId}, which is no paid order`)
    return [...missing, ...phantom]
  })
}

function withRepeats(finding: Finding, deliveries: readonly Delivery[]): Finding {
  const repeated = deliveries.filter(({ count }) => count > 1)
  const [first] = repeated
  if (!first) return finding
  const example = `${first.sink} had ${first.eventId} ${first.count} times`
  return {
    ...finding,
    first: `${repeated.length} deliveries repeated, which is allowed: ${example}`,
  }
}
