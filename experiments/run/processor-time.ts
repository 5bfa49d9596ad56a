import { cpus } from 'node:os'
import { processMs } from '../../lab/machine/sample.ts'
import type { CpuShares } from './result.ts'

interface MachineMs {
  busy: number
  all: number
}

/** Processor time of all cores since boot, ms. */
function machineMs(): MachineMs {
  let busy = 0
  let idle = 0
  for (const { times } of cpus()) {
    busy += times.user + times.nice + times.sys + times.irq
    idle += times.idle
  }
  return { busy, all: busy + idle }
}

/** Percent of one core; 0 if unknown. */
function corePercent(beforeMs: number | null, afterMs: number | null, overMs: number) {
  if (beforeMs === null || afterMs === null || overMs <= 0) return 0
  return (100 * (afterMs - beforeMs)) / overMs
}

/**
 * Shares of the processors from now until the returned function is called.
 * @param database null if its process is not on this machine
 */
export function startProcessorWatch(server: number | null, database: number | null) {
  const startedMs = performance.now()
  const read = () => ({
    server: processMs(server),
    database: processMs(database),
    machine: machineMs(),
  })
  const before = read()
  return (generatorMicros: number | null): CpuShares => {
    const after = read()
    const overMs = performance.now() - startedMs
    const all = after.machine.all - before.machine.all
    return {
      generator: generatorMicros === null ? null : corePercent(0, generatorMicros / 1000, overMs),
      server: corePercent(before.server, after.server, overMs),
      database: corePercent(before.database, after.database, overMs),
      machineBusyPercent: all > 0 ? (100 * (after.machine.busy - before.machine.busy)) / all : 0,
    }
  }
}
