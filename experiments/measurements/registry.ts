import { observation, server } from './floors/cheapest-route.ts'
import { checkout } from './floors/checkout.ts'
import { coupons } from './floors/coupons.ts'
import { dispatch } from './floors/dispatch.ts'
import { driver } from './floors/driver.ts'
import { driversAgree } from './floors/drivers-agree.ts'
import { flashSale } from './floors/flash-sale.ts'
import { fourItems } from './floors/four-items.ts'
import { growth } from './floors/growth.ts'
import { idsInProcess, idsOverHttp } from './floors/ids.ts'
import { memory } from './floors/memory.ts'
import { oneClient } from './floors/one-client.ts'
import { orderRushes } from './floors/order-rush.ts'
import { orderRushOpen } from './floors/order-rush-open.ts'
import { overload } from './floors/overload.ts'
import { reads } from './floors/reads.ts'
import { relay } from './floors/relay.ts'
import { shadow, shadowOrders } from './floors/shadow.ts'
import { shadowRolledBack } from './floors/shadow-locks.ts'
import { slowBodies } from './floors/slow-bodies.ts'
import { statistics } from './floors/statistics.ts'
import { stockCoalesced } from './floors/stock-coalesced.ts'
import { stockRush } from './floors/stock-rush.ts'
import type { Benchmark, Reproduction } from './measurement.ts'
import { s1 } from './sources/s1.ts'
import { s2 } from './sources/s2.ts'
import { s2Purge } from './sources/s2-purge.ts'
import { s2Retries } from './sources/s2-retries.ts'
import { s3Cache } from './sources/s3-cache.ts'
import { s3Effects } from './sources/s3-effects.ts'
import { s3Eviction } from './sources/s3-eviction.ts'
import { s3Index } from './sources/s3-index.ts'
import { s3Locks } from './sources/s3-locks.ts'
import { s3Timeout } from './sources/s3-timeout.ts'
import { s4 } from './sources/s4.ts'
import { s5 } from './sources/s5.ts'
import type { SourceName } from './sources/sources.ts'

// Every measurement by its name, in the order of the reports: a new one is one file and one line.

/** Those with floors of ours. */
export const benchmarks: Record<string, Benchmark> = {
  statistics,
  server,
  observation,
  driver,
  'drivers-agree': driversAgree,
  'ids-in-process': idsInProcess,
  'ids-over-http': idsOverHttp,
  'stock-coalesced': stockCoalesced,
  'stock-rush': stockRush,
  'four-items': fourItems,
  checkout,
  'order-rush': orderRushes,
  'order-rush-open': orderRushOpen,
  'one-client': oneClient,
  memory,
  growth,
  reads,
  relay,
  dispatch,
  coupons,
  overload,
  'slow-bodies': slowBodies,
  shadow,
  'shadow-orders': shadowOrders,
  'shadow-rolled-back': shadowRolledBack,
  'flash-sale': flashSale,
}

/** Those of them that are about k6: no other has it fetched or built. */
export const aboutK6: ReadonlySet<string> = new Set(['driver', 'drivers-agree'])

/** Those with figures of a source. */
export const reproductions: Record<SourceName, Reproduction> = {
  S1: s1,
  S2: s2,
  'S2-purge': s2Purge,
  'S2-retries': s2Retries,
  'S3-locks': s3Locks,
  'S3-cache': s3Cache,
  'S3-eviction': s3Eviction,
  'S3-index': s3Index,
  'S3-effects': s3Effects,
  'S3-timeout': s3Timeout,
  S4: s4,
  S5: s5,
}
