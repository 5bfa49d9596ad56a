import { closest } from 'fastest-levenshtein'
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import type { Chaos, Site } from '../server/ctx.ts'
import { invalidInput, Problem } from '../server/errors.ts'
import type { CommonSettings, Fault } from './fault.ts'
import { faults } from './faults.ts'

interface ActiveFault {
  fault: Fault
  settings: CommonSettings
  /** Monotonic clock, ms: a jump of the wall clock cannot keep a fault alive. */
  expiresAtMs: number
  chance(): number
  isOver(): boolean
}

/** What the outside sees of one fault. */
export interface FaultState {
  name: string
  summary: string
  active: boolean
  settings: object | null
  remainingSeconds: number
  /** How often it has bitten since the process began. */
  injected: number
}

/**
 * The faults that are on. They live in this process's memory only: a restart is always clean. No
 * timer ends one: `biting` drops an entry at the next request that looks once its time is over.
 */
export interface Board extends Chaos {
  list(): FaultState[]
  /** @throws Problem `not-found`, `invalid-fault` naming the setting; then nothing has changed */
  put(name: string, settings: unknown): FaultState
  /** @throws Problem `not-found` */
  remove(name: string): FaultState
  reset(): void
}

/** The state of a board. */
interface Memory {
  active: Map<string, ActiveFault>
  injected: Map<string, number>
  nowMs(): number
}

/** @param nowMs a monotonic clock, milliseconds */
export function createBoard(nowMs: () => number = () => performance.now()): Board {
  const active = new Map<string, ActiveFault>()
  const memory: Memory = { active, injected: new Map(), nowMs }
  return {
    at: (site) => (active.size === 0 ? undefined : bite(memory, site)),
    bankHeaders(route) {
      if (active.size === 0) return undefined
      for (const { name, on } of biting(memory, route, (fault) => 'bankHeaders' in fault)) {
        const headers = on.fault.bankHeaders?.(on.settings, on.chance)
        if (headers) count(memory, name)
        return headers
      }
      return undefined
    },
    clientPolicy(route) {
      if (active.size === 0) return undefined
      for (const { name, on } of biting(memory, route, (fault) => 'clientPolicy' in fault)) {
        count(memory, name)
        return on.fault.clientPolicy?.(on.settings)
      }
      return undefined
    },
    list: () => Object.keys(faults).map((name) => stateOf(memory, name)),
    put(name, settings) {
      const next = activate(known(name), settings, nowMs)
      const earlier = active.get(name)
      if (earlier) expire(earlier)
      active.set(name, next)
      return stateOf(memory, name)
    },
    remove(name) {
      known(name)
      end(active, name)
      return stateOf(memory, name)
    },
    reset() {
      for (const name of [...active.keys()]) end(active, name)
    },
  }
}

function stateOf({ active, injected, nowMs }: Memory, name: string): FaultState {
  const on = active.get(name)
  const isOn = on !== undefined && !on.isOver()
  const leftMs = isOn ? on.expiresAtMs - nowMs() : 0
  return {
    name,
    summary: known(name).summary,
    active: isOn,
    settings: isOn ? on.settings : null,
    remainingSeconds: Math.ceil(leftMs / 100) / 10,
    injected: injected.get(name) ?? 0,
  }
}

/** The faults that have a say at this route and whose dice fall so. */
function* biting(
  { active }: Memory,
  route: string,
  has: (fault: Fault, on: ActiveFault) => boolean,
) {
  for (const [name, on] of active) {
    if (on.isOver()) {
      active.delete(name)
      continue
    }
    const { target, probability } = on.settings
    if (!has(on.fault, on) || (target.route ?? route) !== route) continue
    if (probability < 1 && on.chance() >= probability) continue
    yield { name, on }
  }
}

async function bite(memory: Memory, site: Site): Promise<void> {
  const wants = ({ atPoint }: Fault, { settings }: ActiveFault) =>
    atPoint?.wants(settings, site) === true
  for (const { name, on } of biting(memory, site.route, wants)) {
    count(memory, name)
    await on.fault.atPoint?.act(on.settings, site, on.isOver)
  }
}

function count({ injected }: Memory, name: string): void {
  injected.set(name, (injected.get(name) ?? 0) + 1)
}

function end(active: Map<string, ActiveFault>, name: string): void {
  const on = active.get(name)
  if (on) expire(on)
  active.delete(name)
}

/** Ends what it is doing, too. */
function expire(on: ActiveFault): void {
  on.expiresAtMs = Number.NEGATIVE_INFINITY
}

/** @throws Problem `not-found` with the nearest right name, and all of them */
function known(name: string): Fault {
  const fault = Object.hasOwn(faults, name) ? faults[name] : undefined
  if (fault) return fault
  const names = Object.keys(faults)
  const asked = name.slice(0, 64)
  const nearest = closest(asked, names)
  const detail = `No fault "${asked}"; the nearest is "${nearest}" of ${names.join(', ')}`
  throw new Problem('not-found', { detail, field: 'name' })
}

function activate(fault: Fault, body: unknown, nowMs: () => number): ActiveFault {
  const settings = readSettings(fault, body)
  const generator = xoroshiro128plus(settings.seed)
  const on: ActiveFault = {
    fault,
    settings,
    expiresAtMs: nowMs() + settings.ttlSeconds * 1000,
    chance: () => uniformFloat64(generator),
    isOver: () => nowMs() >= on.expiresAtMs,
  }
  return on
}

/** @throws Problem `invalid-fault` naming every bad setting */
function readSettings(fault: Fault, body: unknown): CommonSettings {
  const parsed = fault.settings.safeParse(body)
  if (!parsed.success) throw invalidInput('invalid-fault', parsed.error.issues)
  const { point } = parsed.data.target
  const { atPoint } = fault
  if (point === undefined || (atPoint && atPoint.reaches?.(point) !== false)) return parsed.data
  const message = `${fault.name} never bites there`
  throw invalidInput('invalid-fault', [{ path: ['target', 'point'], message }])
}
