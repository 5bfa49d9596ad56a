import type { CommonSettings, Fault } from './fault.ts'
import { faults } from './faults.ts'
import { type Change, History } from './history.ts'
import { levelOf } from './ramp.ts'
import { knownFault, readSettings } from './settings.ts'
import { keyOf, type Snapshot } from './snapshot.ts'

interface Entry {
  /** Bites that were granted, of a fault that has only so many. */
  granted: number
  id: number
  fault: Fault
  settings: CommonSettings
  /** By the monotonic clock, ms. */
  startedAtMs: number
  expiresAtMs: number
  leaseEndsAtMs: number
}

/** What is asked for of one fault, whatever processes make of it. */
export interface AskedFault {
  name: string
  summary: string
  /** What of the world it stands for. */
  imitates: string
  /** Settings to try it with. */
  example: object
  active: boolean
  settings: object | null
  remainingSeconds: number
  /** Factor of the probability by its ramp now; 0 = off. */
  level: number
}

/**
 * Which faults are asked for: one list, which processes obey. It ends each one at its time, or when
 * its lease was not renewed, at the next look at it. `nowMs` is a monotonic clock, milliseconds.
 */
export class FaultList {
  readonly history = new History()
  readonly board = crypto.randomUUID()
  readonly #nowMs: () => number
  readonly #onChange: () => void
  readonly #entries = new Map<string, Entry>()
  #lastId = 0
  #version = 0

  /** @param onChange runs after each change */
  constructor(nowMs: () => number = () => performance.now(), onChange: () => void = () => {}) {
    this.#nowMs = nowMs
    this.#onChange = onChange
  }

  get version(): number {
    return this.#version
  }

  /** Those that are on. */
  snapshot(): Snapshot {
    this.sweep()
    const nowMs = this.#nowMs()
    const faults = [...this.#entries.values()].map((entry) => ({
      id: entry.id,
      name: entry.fault.name,
      settings: { ...entry.settings },
      elapsedMs: nowMs - entry.startedAtMs,
      remainingMs: entry.expiresAtMs - nowMs,
    }))
    return { board: this.board, version: this.#version, faults }
  }

  list(): AskedFault[] {
    this.sweep()
    return Object.keys(faults).map((name) => this.#asked(name))
  }

  /** @throws Problem `not-found` */
  one(name: string): AskedFault {
    this.sweep()
    return this.#asked(name)
  }

  /**
   * Switches a fault on; one that is on ends, and begins again with these settings.
   * @throws Problem `not-found`, `invalid-fault` naming every bad setting; nothing has changed then
   */
  put(name: string, body: unknown): void {
    const fault = knownFault(name)
    const settings = readSettings(fault, body)
    this.sweep()
    const nowMs = this.#nowMs()
    if (this.#entries.has(name)) this.#end(name, 'replaced')
    this.#lastId += 1
    const { ttlSeconds, lease } = settings
    this.#entries.set(name, {
      granted: 0,
      id: this.#lastId,
      fault,
      settings,
      startedAtMs: nowMs,
      expiresAtMs: nowMs + ttlSeconds * 1000,
      leaseEndsAtMs: lease ? nowMs + lease.seconds * 1000 : Number.POSITIVE_INFINITY,
    })
    this.history.add({ change: 'on', fault: name, id: this.#lastId, settings })
    this.#changed()
  }

  /** @throws Problem `not-found` */
  remove(name: string): void {
    knownFault(name)
    this.#endAll('off', (entry) => entry.fault.name === name)
  }

  reset(): void {
    this.#endAll('reset', () => true)
  }

  /** Renews the lease of every fault that the holder has. @returns their names */
  renew(holder: string): string[] {
    this.sweep()
    const held = [...this.#entries.values()].filter(isHeldBy(holder))
    for (const entry of held) {
      entry.leaseEndsAtMs = this.#nowMs() + (entry.settings.lease?.seconds ?? 0) * 1000
    }
    return held.map(({ fault }) => fault.name)
  }

  /** Ends every fault that the holder has. */
  release(holder: string): void {
    this.#endAll('released', isHeldBy(holder))
  }

  /** Which switching-on of a fault is on, of all boards; undefined where it is off. */
  keyOf(name: string): string | undefined {
    this.sweep()
    const entry = this.#entries.get(name)
    return entry && keyOf(this.board, entry.id)
  }

  /**
   * Grants one of the bites that a fault has in all.
   * @returns false where that switching-on of it is over, or has had them all
   */
  claim(name: string, key: string): boolean {
    const isOn = this.keyOf(name) === key
    const entry = this.#entries.get(name)
    const timesMax = entry?.fault.times?.(entry.settings) ?? 0
    if (!entry || !isOn || entry.granted >= timesMax) return false
    entry.granted += 1
    return true
  }

  /** Ends what is over. */
  sweep(): void {
    if (this.#entries.size === 0) return
    const nowMs = this.#nowMs()
    this.#endAll('expired', (entry) => nowMs >= entry.expiresAtMs)
    this.#endAll('lease-ended', (entry) => nowMs >= entry.leaseEndsAtMs)
  }

  #asked(name: string): AskedFault {
    const { summary, imitates, example } = knownFault(name)
    const what = { name, summary, imitates, example }
    const entry = this.#entries.get(name)
    if (!entry) return { ...what, active: false, settings: null, remainingSeconds: 0, level: 0 }
    const { settings, startedAtMs, expiresAtMs } = entry
    const leftMs = expiresAtMs - this.#nowMs()
    const level = levelOf(settings.ramp, this.#nowMs() - startedAtMs, leftMs)
    const remainingSeconds = Math.ceil(leftMs / 100) / 10
    return { ...what, active: true, settings, remainingSeconds, level }
  }

  #endAll(change: Change['change'], which: (entry: Entry) => boolean): void {
    const ending = [...this.#entries.values()].filter(which)
    for (const { fault } of ending) this.#end(fault.name, change)
    if (ending.length > 0) this.#changed()
  }

  #end(name: string, change: Change['change']): void {
    const entry = this.#entries.get(name)
    if (!entry) return
    this.#entries.delete(name)
    this.history.add({ change, fault: name, id: entry.id, settings: entry.settings })
  }

  #changed(): void {
    this.#version += 1
    this.#onChange()
  }
}

const isHeldBy = (holder: string) => (entry: Entry) => entry.settings.lease?.holder === holder
