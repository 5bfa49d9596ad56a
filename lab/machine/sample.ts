import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import {
  type MachineTime,
  type ProcessTime,
  parseGroups,
  parseMachineTime,
  parsePressure,
  parseProcess,
  parseQuota,
  parseThrottled,
} from './parse.ts'

/** The machine at one moment; running totals in ms. What cannot be read is null. */
export interface MachineSample {
  /** Of a clock that never steps, and the wall clock at the same moment. */
  monotonicMs: number
  wallMs: number
  machine: MachineTime | null
  /** This process and all that descend from it. */
  ownMs: number | null
  generatorMs: number | null
  pressureMs: number | null
  /** Cores that a control group allows; `none` without a quota. */
  quotaCores: number | 'none' | null
  throttledMs: number | null
}

/** Where Linux reports its own state; tests bring folders of their own. */
export interface Roots {
  proc: string
  groups: string
}

const linux: Roots = { proc: '/proc', groups: '/sys/fs/cgroup' }

/** @param generator its process; null while there is none */
export function sampleMachine(generator: number | null, roots: Roots = linux): MachineSample {
  const read = (...path: string[]) => readOrNull(join(roots.proc, ...path))
  const processes = processesIn(roots.proc)
  const [monotonicMs, wallMs] = [performance.now(), Date.now()]
  const generating = generator === null ? undefined : processes?.get(generator)
  return {
    monotonicMs,
    wallMs,
    machine: through(parseMachineTime, read('stat')),
    ownMs: processes && ownTime(processes, process.pid),
    generatorMs: generating?.own ?? null,
    pressureMs: through(parsePressure, read('pressure', 'cpu')),
    ...groupOf(roots, read('self', 'cgroup')),
  }
}

const through = <T>(parse: (text: string) => T | null, text: string | null) =>
  text === null ? null : parse(text)

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

/** Processor time that a process has used, ms; null if /proc does not say. */
export function processMs(pid: number | null): number | null {
  if (pid === null) return null
  return through(parseProcess, readOrNull(`/proc/${pid}/stat`))?.own ?? null
}

function processesIn(proc: string): Map<number, ProcessTime> | null {
  let names: string[]
  try {
    names = readdirSync(proc)
  } catch {
    return null
  }
  const found = names
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name): [number, ProcessTime][] => {
      const time = through(parseProcess, readOrNull(join(proc, name, 'stat')))
      return time ? [[Number(name), time]] : []
    })
  return found.length === 0 ? null : new Map(found)
}

/** A child that ended is in its parent's total, so the sum never falls. */
function ownTime(processes: ReadonlyMap<number, ProcessTime>, root: number): number {
  const childrenOf = Map.groupBy(processes, ([, { parent }]) => parent)
  let total = 0
  const open = [root]
  for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
    const time = processes.get(pid)
    if (time) total += time.own + time.ended
    open.push(...(childrenOf.get(pid) ?? []).map(([child]) => child))
  }
  return total
}

function groupOf(
  { groups }: Roots,
  text: string | null,
): Pick<MachineSample, 'quotaCores' | 'throttledMs'> {
  const own = parseGroups(text ?? '')
  const second = own.unified === null ? null : limitIn(groups, own.unified, secondVersion)
  if (second) return second
  const first = own.cpu === null ? null : limitIn(join(groups, 'cpu'), own.cpu, firstVersion)
  return first ?? { quotaCores: null, throttledMs: null }
}

const secondVersion = (folder: string) => readOrNull(join(folder, 'cpu.max'))

function firstVersion(folder: string): string | null {
  const quota = readOrNull(join(folder, 'cpu.cfs_quota_us'))
  const period = readOrNull(join(folder, 'cpu.cfs_period_us'))
  return quota === null || period === null ? null : `${quota.trim()} ${period}`
}

/** The narrowest quota of a group and those above it; null if none of them says. */
function limitIn(root: string, group: string, quotaText: (folder: string) => string | null) {
  let limit: Pick<MachineSample, 'quotaCores' | 'throttledMs'> | null = null
  for (let at = group; ; at = dirname(at)) {
    const folder = join(root, at)
    const quotaCores = through(parseQuota, quotaText(folder))
    const throttledMs = through(parseThrottled, readOrNull(join(folder, 'cpu.stat')))
    const isNarrower =
      typeof quotaCores === 'number' &&
      (typeof limit?.quotaCores !== 'number' || quotaCores < limit.quotaCores)
    if (isNarrower || (limit === null && throttledMs !== null)) {
      limit = { quotaCores: quotaCores ?? 'none', throttledMs }
    }
    if (at === '/' || at === '.') return limit
  }
}
