import type { Registry } from 'prom-client'
import type { TicketClient } from '../clients/ticket-client.ts'
import type { Observer } from '../ctx.ts'
import type { Connections } from '../db/connections.ts'
import { contentionNames } from '../db/failures.ts'
import type { Afterwards } from '../designs/effects/afterwards.ts'
import { sequenceNames } from '../designs/ids/ids.ts'
import { contentionOf } from '../designs/stock/contention.ts'
import { pointNames } from '../points.ts'
import { hotCounter, hotHistogram } from './hot.ts'
import { durationBounds } from './requests.ts'
import { scrapedByLabel, scrapedCounter, scrapedGauge } from './scraped.ts'

/** Is told and forgets: what observation costs is measured against this. */
export const silentObserver: Observer = {
  passed: () => {},
  orderEnded: () => {},
  dispatched: () => {},
  contended: () => {},
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
    labelNames: ['outcome'],
  })
  const ended = {
    placed: orders.series({ outcome: 'placed' }),
    paid: orders.series({ outcome: 'paid' }),
    'sold-out': orders.series({ outcome: 'sold-out' }),
    declined: orders.series({ outcome: 'declined' }),
    cancelled: orders.series({ outcome: 'cancelled' }),
    unknown: orders.series({ outcome: 'unknown' }),
  }
  const takes = hotCounter(registry, {
    name: 'stampede_dispatch_takes_total',
    help:
      'Tries to give a paid order to a worker of the warehouse, by what came of them: taken, ' +
      'none waits, raced = somebody was faster, lock-wait = the lock was held: ask again.',
    labelNames: ['outcome'],
  })
  const dispatched = {
    taken: takes.series({ outcome: 'taken' }),
    none: takes.series({ outcome: 'none' }),
    raced: takes.series({ outcome: 'raced' }),
    'lock-wait': takes.series({ outcome: 'lock-wait' }),
  }
  return {
    passed: (point, sinceMs) => passed[point]?.(sinceMs / 1000),
    orderEnded: (outcome) => ended[outcome](),
    dispatched: (outcome) => dispatched[outcome](),
    contended: stockContention(registry),
  }
}

/** Every series is there from the start, at 0: a board must not be empty where all is well. */
function stockContention(registry: Registry): Observer['contended'] {
  const events = hotCounter(registry, {
    name: 'stampede_stock_contention_total',
    help:
      'What came between a taker and an item, by option of the axis stock: locks had, tries that ' +
      'found one taken, waits given up, holders refused because their lease had run out, locks ' +
      'that Redis could not give, versions that had moved on, ends of stock met too late.',
    labelNames: ['option', 'event'],
  })
  const waits = hotHistogram(registry, {
    name: 'stampede_stock_lock_seconds',
    help: 'Time from asking for the lock on an item until it was had, by option.',
    labelName: 'option',
    bounds: durationBounds,
  })
  for (const [option, possible] of Object.entries(contentionOf)) {
    for (const event of possible) events.series({ option, event })
    if (possible.includes('lock-had')) waits.series(option)
  }
  return (option, event, waitedMs) => {
    events.series({ option, event })()
    if (event === 'lock-had') waits.series(option)(waitedMs / 1000)
  }
}

/** Connection pool and transaction retries. */
export function registerConnectionMetrics(registry: Registry, connections: Connections): void {
  const { counters, limits, retries } = connections
  const gauge = (name: string, help: string, read: () => number) =>
    scrapedGauge(registry, `stampede_pool_${name}`, help, read)
  const counter = (name: string, help: string, total: () => number) =>
    scrapedCounter(registry, `stampede_pool_${name}`, help, total)
  gauge('connections_in_use', 'Database connections lent out now.', () => counters.inUse)
  gauge(
    'connections_limit',
    'Database connections that the pool may open.',
    () => limits.connections,
  )
  counter('waits_total', 'Borrowers that found no connection free.', () => counters.waits)
  counter('timeouts_total', 'Borrowers that gave up waiting.', () => counters.timeouts)
  counter(
    'wait_seconds_total',
    'Time spent waiting for a connection.',
    () => counters.waitMs / 1000,
  )
  const head = {
    name: 'stampede_transaction_retries_total',
    help: 'Transactions tried again after lock trouble, by its kind.',
    labelName: 'reason',
  }
  const none = Object.fromEntries(contentionNames.map((name) => [name, 0]))
  scrapedByLabel(registry, head, 'counter', () => ({ ...none, ...retries }))
}

/** Effects in the memory of this process. */
export function registerPostCommitMetrics(registry: Registry, afterwards: Afterwards): void {
  scrapedGauge(
    registry,
    'stampede_effects_in_memory',
    'Effects that wait or run in this process; lost where it dies.',
    () => afterwards.pending,
  )
  const head = {
    name: 'stampede_memory_effects_total',
    help: 'Tries of effects in the memory of this process, by what came of them.',
    labelName: 'outcome',
  }
  scrapedByLabel(registry, head, 'counter', () => ({ ...afterwards.counts }))
}

export function registerTicketMetrics(registry: Registry, tickets: TicketClient): void {
  const counter = (name: string, help: string, total: () => number) =>
    scrapedCounter(registry, `stampede_ticket_${name}`, help, total)
  const stats = () => tickets.stats()
  counter('refills_total', 'Ranges leased from the ticket server.', () => stats().refills)
  counter('refill_errors_total', 'Ranges that could not be leased.', () => stats().refillErrors)
  counter('waits_total', 'Ids that had to wait for a range.', () => stats().waits)
  const head = {
    name: 'stampede_ticket_buffered_ids',
    help: 'Ids at hand that need no answer of the ticket server, by sequence.',
    labelName: 'sequence',
  }
  scrapedByLabel(registry, head, 'gauge', () =>
    Object.fromEntries(sequenceNames.map((name) => [name, tickets.buffered(name)])),
  )
}
