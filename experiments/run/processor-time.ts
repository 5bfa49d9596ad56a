import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'

/** Linux counts in ticks of 1/100 s (USER_HZ), whatever the kernel's own clock. */
const tickMs = 10

/** Processor time that a process has used, ms; null where /proc does not tell. */
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

export interface MachineMs {
  busy: number
  all: number
}

/** Processor time of all cores since boot, ms. */
export function machineMs(): MachineMs {
  let busy = 0
  let idle = 0
  for (const { times } of cpus()) {
    busy += times.user + times.nice + times.sys + times.irq
    idle += times.idle
  }
  return { busy, all: busy + idle }
}

/** Percent of one core; 0 where nothing is known. */
export function corePercent(beforeMs: number | null, afterMs: number | null, overMs: number) {
  if (beforeMs === null || afterMs === null || overMs <= 0) return 0
  return (100 * (afterMs - beforeMs)) / overMs
}
