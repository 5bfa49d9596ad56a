import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import type { CpuShares } from './result.ts'

/** Linux counts in ticks of 1/100 s (USER_HZ), whatever the kernel's own clock. */
const tickMs = 10

/** Processor time that a process has used, ms; null if /proc does not say. */
export function processMs(pid: number | null): number | null {
  if (pid === null) return null
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name in parentheses may hold spaces: count fields after it (man proc: utime 14, stime
    // 15).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[11]) + Number(fields[12])) * tickMs
  } catch {
    return null
  }
}

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
      generator: corePercent(0, (generatorMicros ?? 0) / 1000, overMs),
      server: corePercent(before.server, after.server, overMs),
      database: corePercent(before.database, after.database, overMs),
      machineBusyPercent: all > 0 ? (100 * (after.machine.busy - before.machine.busy)) / all : 0,
    }
  }
}
