import type { Benchmark } from './figure.ts'
import { driver } from './figures/driver.ts'
import { driversAgree } from './figures/drivers-agree.ts'
import { observation } from './figures/observation.ts'
import { overload } from './figures/overload.ts'
import { server } from './figures/server.ts'

/** Every benchmark. A new one is one file and one line here. */
export const benchmarks: readonly Benchmark[] = [
  server,
  observation,
  driver,
  driversAgree,
  overload,
]
