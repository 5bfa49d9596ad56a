import type { Benchmark } from './figure.ts'
import { dispatch } from './figures/dispatch.ts'
import { driver } from './figures/driver.ts'
import { driversAgree } from './figures/drivers-agree.ts'
import { flashSale } from './figures/flash-sale.ts'
import { fourItems } from './figures/four-items.ts'
import { idsInProcess } from './figures/ids-in-process.ts'
import { idsOverHttp } from './figures/ids-over-http.ts'
import { observation } from './figures/observation.ts'
import { overload } from './figures/overload.ts'
import { reads } from './figures/reads.ts'
import { relay } from './figures/relay.ts'
import { server } from './figures/server.ts'
import { stockCoalesced } from './figures/stock-coalesced.ts'
import { stockRush } from './figures/stock-rush.ts'

/** Every benchmark, in the order of the table. A new one is one file and one line here. */
export const benchmarks: readonly Benchmark[] = [
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
]
