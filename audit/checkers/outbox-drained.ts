import type { Checker } from '../checker.ts'
import { uneffectedSales, unsentAlerts } from '../events.ts'
import { rowsOf } from '../exercise.ts'
import { violationsIn } from '../findings.ts'

export const outboxDrained: Checker = {
  name: 'outbox-drained',
  promise: 'Every event was handed to the queue, and none of its effects is still under way.',
  needs: ['deliveries'],
  exercise: rowsOf('events in the outbox', 'outbox'),
  check: ({ db }) => violationsIn(db, [unrelayed, uneffectedSales, unsentAlerts]),
}

const unrelayed = `
  select concat(event_id, ' was never handed to the queue') as violation
  from outbox where relayed_at is null`
