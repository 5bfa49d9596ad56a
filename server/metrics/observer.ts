import type { Registry } from 'prom-client'
import { couponEvents, type Observer, type StockEvent } from '../ctx.ts'
import { axes } from '../designs/axes.ts'
import type { StockOption } from '../designs/stock/stock.ts'
import { pointNames } from '../points.ts'
import { hotCounter, hotHistogram } from './hot.ts'
import { registerMetrics } from './register.ts'
import { counter, durationBuckets, histogram, only } from './table.ts'

/** Observes nothing: what observation costs is measured against this. */
export const silentObserver: Observer = {
  passed: () => {},
  orderEnded: () => {},
  dispatched: () => {},
  contended: () => {},
  coupons: () => {},
}

const contention = Object.entries<StockOption>(axes.stock.options).flatMap(
  ([option, { contention }]): [string, readonly StockEvent[]][] =>
    contention ? [[option, contention]] : [],
)
const contentionSeries = contention.flatMap(([option, events]) =>
  events.map((event) => ({ option, event })),
)
const lockingOptions = contention.flatMap(([option, events]) =>
  events.includes('lock-had') ? [option] : [],
)

/** Timings of the flows' points, and the outcomes of orders, dispatches and takes of stock. */
export const flowMetrics = {
  stampede_point_seconds: histogram(
    'Time from the start of a request until it passed a point of its flow, by point.',
    durationBuckets,
    { point: pointNames },
  ),
  stampede_orders_total: counter(
    'Orders by outcome; one order may be placed and then paid or cancelled.',
    { outcome: ['placed', 'paid', 'sold-out', 'declined', 'cancelled', 'unknown'] },
  ),
  stampede_dispatch_takes_total: counter(
    'Tries to give a paid order to a worker of the warehouse, by outcome: taken, none waits, ' +
      'raced = another worker was faster, lock-wait = the lock was held: ask again.',
    { outcome: ['taken', 'none', 'raced', 'lock-wait'] },
  ),
  stampede_coupons_total: counter(
    'Coupons issued, and requests for coupons that were asked again, refused (pool empty, ' +
      'quota), failed, or had picked a number that another request got first (collision).',
    { event: couponEvents },
  ),
  stampede_stock_contention_total: only(
    counter(
      'What came between a taker and an item, by option of the axis stock: locks had, tries that ' +
        'found one taken, waits given up, holders refused because their lease had run out, locks ' +
        'that Redis could not give, lock servers that gave no answer, versions that had moved ' +
        'on, ends of stock met too late.',
      {
        option: contention.map(([option]) => option),
        event: [...new Set(contention.flatMap(([, events]) => events))],
      },
    ),
    contentionSeries,
  ),
  stampede_stock_lock_seconds: histogram(
    'Time from asking for the lock on an item until it was had, by option.',
    durationBuckets,
    { option: lockingOptions },
  ),
}

/** Counts and times into the registry what the flows and the options of the stock report. */
export function shopObserver(registry: Registry): Observer {
  const timings = hotHistogram(flowMetrics.stampede_point_seconds)
  const orders = hotCounter(flowMetrics.stampede_orders_total)
  const takes = hotCounter(flowMetrics.stampede_dispatch_takes_total)
  const coupons = hotCounter(flowMetrics.stampede_coupons_total)
  const contentions = hotCounter(flowMetrics.stampede_stock_contention_total)
  const locks = hotHistogram(flowMetrics.stampede_stock_lock_seconds)
  registerMetrics(registry, flowMetrics, {
    stampede_point_seconds: timings.read,
    stampede_orders_total: orders.read,
    stampede_dispatch_takes_total: takes.read,
    stampede_coupons_total: coupons.read,
    stampede_stock_contention_total: contentions.read,
    stampede_stock_lock_seconds: locks.read,
  })
  const passed = timings.each('point')
  const ended = orders.each('outcome')
  const dispatched = takes.each('outcome')
  const couponed = coupons.each('event')
  const waited = locks.each('option')
  return {
    passed: (point, sinceMs) => passed[point](sinceMs / 1000),
    orderEnded: (outcome) => ended[outcome](),
    dispatched: (outcome) => dispatched[outcome](),
    coupons: (event, count) => couponed[event](count),
    contended: (option: string, event: StockEvent, waitedMs) => {
      contentions.series({ option, event })()
      if (event === 'lock-had') waited[option]?.(waitedMs / 1000)
    },
  }
}
