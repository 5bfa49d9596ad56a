import { dispatch } from './floors/dispatch.ts'
import { driver } from './floors/driver.ts'
import { driversAgree } from './floors/drivers-agree.ts'
import { flashSale } from './floors/flash-sale.ts'
import { fourItems } from './floors/four-items.ts'
import { idsInProcess } from './floors/ids-in-process.ts'
import { idsOverHttp } from './floors/ids-over-http.ts'
import { observation } from './floors/observation.ts'
import { overload } from './floors/overload.ts'
import { reads } from './floors/reads.ts'
import { relay } from './floors/relay.ts'
import { server } from './floors/server.ts'
import { stockCoalesced } from './floors/stock-coalesced.ts'
import { stockRush } from './floors/stock-rush.ts'
import type { Measurement } from './measurement.ts'
import { s1 } from './sources/s1.ts'
import { s3Cache } from './sources/s3-cache.ts'
import { s3Effects } from './sources/s3-effects.ts'
import { s3Index } from './sources/s3-index.ts'
import { s3Locks } from './sources/s3-locks.ts'
import { s4 } from './sources/s4.ts'
import { s5 } from './sources/s5.ts'

/** Every measurement, in the order of the reports. A new one is one file and one line here. */
export const measurements: readonly Measurement[] = [
  server,
  observation,
  driver,
  driversAgree,
  idsInProcess,
  idsOverHttp,
  stockCoalesced,
  stockRush,
  fourItems,
  reads,
  relay,
  dispatch,
  overload,
  flashSale,
  s1,
  s3Locks,
  s3Cache,
  s3Index,
  s3Effects,
  s4,
  s5,
]

/** Those that have floors of ours. */
export const benchmarks = measurements.filter((one) => one.against === 'floor')

/** Those that have figures of a source. */
export const reproductions = measurements.filter((one) => one.against === 'source')
