import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { Observer } from '../ctx.ts'
import type { Connections } from '../db/connections.ts'
import { pointNames } from '../points.ts'
import type { TicketClient } from '../tickets/client.ts'
import { hotCounter, hotHistogram } from './hot.ts'
import { durationBounds } from './requests.ts'

/** A registry with the process's own metrics; `arm` labels every series. */
export function createRegistry(arm: string): Registry {
  const registry = new Registry()
  registry.setDefaultLabels({ arm })
  collectDefaultMetrics({ register: registry })
  return registry
}

/** Timings of the flows' points and orders by how they ended. */
export function shopObserver(registry: Registry): Observer {
  const timings = hotHistogram(registry, {
    name: 'stampede_point_seconds',
    help: 'Time from the start of a request until it passed a point of its flow, by point.',
    labelName: 'point',
    bounds: durationBounds,
  })
  const passed = Object.fromEntries(pointNames.map((name) => [name, timings.series(name)]))
  const orders = hotCounter(registry, {
    name: 'stampede_orders_total',
    help: 'Orders by what became of them; one order may be placed and then paid or cancelled.',
  })
  const ended = {
    placed: orders.series({ outcome: 'placed' }),
    paid: orders.series({ outcome: 'paid' }),
    'sold-out': orders.series({ outcome: 'sold-out' }),
    declined: orders.series({ outcome: 'declined' }),
    cancelled: orders.series({ outcome: 'cancelled' }),
    unknown: orders.series({ outcome: 'unknown' }),
  }
  return {
    passed: (point, sinceMs) => passed[point]?.(sinceMs / 1000),
    orderEnded: (outcome) => ended[outcome](),
  }
}

/** Connection pool and transaction retries. */
export function meterConnections(registry: Registry, connections: Connections): void {
  const registers = [registry]
  const { counters, limits, retries } = connections
  new Gauge({
    name: 'stampede_pool_connections_in_use',
    help: 'Database connections lent out now.',
    registers,
    collect() {
      this.set(counters.inUse)
    },
  })
  new Gauge({
    name: 'stampede_pool_connections_limit',
    help: 'Database connections that the pool may open.',
    registers,
    collect() {
      this.set(limits.connections)
    },
  })
  scrapedCounter(
    registry,
    'stampede_pool_waits_total',
    'Borrowers that found no connection free.',
    () => counters.waits,
  )
  scrapedCounter(
    registry,
    'stampede_pool_timeouts_total',
    'Borrowers that gave up waiting.',
    () => counters.timeouts,
  )
  scrapedCounter(
    registry,
    'stampede_pool_wait_seconds_total',
    'Time spent waiting for a connection.',
    () => counters.waitMs / 1000,
  )
  new Counter({
    name: 'stampede_transaction_retries_total',
    help: 'Transactions tried again after lock trouble, by its kind.',
    labelNames: ['reason'],
    registers,
    collect() {
      this.reset()
      for (const [reason, count] of Object.entries(retries)) this.inc({ reason }, count)
    },
  })
}

export function meterTickets(registry: Registry, tickets: TicketClient): void {
  const stats = () => tickets.stats()
  scrapedCounter(
    registry,
    'stampede_ticket_refills_total',
    'Ranges leased from the ticket server.',
    () => stats().refills,
  )
  scrapedCounter(
    registry,
    'stampede_ticket_refill_errors_total',
    'Ranges that could not be leased.',
    () => stats().refillErrors,
  )
  scrapedCounter(
    registry,
    'stampede_ticket_waits_total',
    'Ids that had to wait for a range.',
    () => stats().waits,
  )
}

/** A counter whose total is kept elsewhere and read at scrape time. */
export function scrapedCounter(
  registry: Registry,
  name: string,
  help: string,
  total: () => number,
): void {
  new Counter({
    name,
    help,
    registers: [registry],
    collect() {
      this.reset()
      this.inc(total())
    },
  })
}
