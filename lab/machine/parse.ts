/** Linux counts processor time in ticks of 1/100 s (USER_HZ), whatever the kernel's own clock. */
const tickMs = 10

/** Processor time of all cores since boot, ms. */
export interface MachineTime {
  busy: number
  /** What the host of this virtual machine gave to others. */
  steal: number
  all: number
}

/** The first line of /proc/stat; null where it is not one. Guests are part of user and nice. */
export function parseMachineTime(stat: string): MachineTime | null {
  const line = /^cpu +([\d ]+)$/m.exec(stat)?.[1]
  if (line === undefined) return null
  const ticks = line.trim().split(/ +/).map(Number)
  const [user = 0, nice = 0, system = 0, idle = 0, wait = 0, irq = 0, softIrq = 0] = ticks
  // Kernels before 2.6.11 had no such field.
  const steal = ticks[7] ?? 0
  const busy = user + nice + system + irq + softIrq
  const all = busy + steal + idle + wait
  return { busy: busy * tickMs, steal: steal * tickMs, all: all * tickMs }
}

export interface ProcessTime {
  parent: number
  /** Processor time of the process, ms. */
  own: number
  /** Of its children that ended and were waited for, and theirs. */
  ended: number
}

/** /proc/PID/stat; null where it is not one. */
export function parseProcess(stat: string): ProcessTime | null {
  // The name in parentheses may hold spaces and parentheses: count fields after the last one.
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map((field, at) => (at === 0 ? 0 : Number(field)))
  const [, parent, , , , , , , , , , user, system, endedUser, endedSystem] = fields
  if (parent === undefined || user === undefined || system === undefined) return null
  return {
    parent,
    own: (user + system) * tickMs,
    ended: ((endedUser ?? 0) + (endedSystem ?? 0)) * tickMs,
  }
}

/** ms since boot in which some process waited for a core, of /proc/pressure/cpu. */
export function parsePressure(text: string): number | null {
  const micros = /^some .*\btotal=(\d+)/m.exec(text)?.[1]
  return micros === undefined ? null : Number(micros) / 1000
}

/** The groups of a process by /proc/self/cgroup: of version 2, and of version 1 with `cpu`. */
export function parseGroups(text: string): { unified: string | null; cpu: string | null } {
  const unified = /^0::(.+)$/m.exec(text)?.[1] ?? null
  const cpu = /^\d+:(?:[^:\n]*,)?cpu(?:,[^:\n]*)?:(.+)$/m.exec(text)?.[1] ?? null
  return { unified, cpu }
}

/** Cores of a quota: `quota period` of cpu.max or of the two files of version 1. */
export function parseQuota(text: string): number | 'none' | null {
  const [, quota, period] = /^(max|-?\d+)\s+(\d+)/.exec(text.trim()) ?? []
  if (quota === undefined || period === undefined) return null
  return quota === 'max' || Number(quota) < 0 ? 'none' : Number(quota) / Number(period)
}

/** ms for which a group was held back by its quota, of cpu.stat of either version. */
export function parseThrottled(text: string): number | null {
  const micros = /^throttled_usec (\d+)$/m.exec(text)?.[1]
  if (micros !== undefined) return Number(micros) / 1000
  const nanos = /^throttled_time (\d+)$/m.exec(text)?.[1]
  return nanos === undefined ? null : Number(nanos) / 1e6
}
