import type { Chaos } from '../server/ctx.ts'
import { ActiveFaults } from './active-faults.ts'
import type { ProcessKind } from './fault.ts'
import { type AskedFault, FaultList } from './fault-list.ts'
import type { Change } from './history.ts'
import type { Rounds } from './rounds.ts'
import type { Tally } from './snapshot.ts'

/** What one process has made of a fault. */
export interface FaultInProcess extends Tally {
  process: string
  kind: ProcessKind
}

/** What the outside sees of one fault. */
export interface FaultState extends AskedFault, Tally {
  processes: FaultInProcess[]
}

/** The board as its routes see it, wherever its faults act. */
export interface BoardControl {
  list(): FaultState[]
  /** @throws Problem `not-found` */
  one(name: string): FaultState
  /** @throws Problem `not-found`, `invalid-fault` naming the setting; then nothing has changed */
  put(name: string, settings: unknown): FaultState
  /** @throws Problem `not-found` */
  remove(name: string): FaultState
  reset(): void
  /** Renews the leases of a holder. @returns the names of its faults */
  renew(holder: string): string[]
  /** Ends the faults of a holder. */
  release(holder: string): void
  history(after?: number): Change[]
  /** @returns what ends the subscription */
  subscribe(listener: (change: Change) => void): () => void
  /** Resolves once every process obeys what is asked for, or after a bound. */
  obeyed(): Promise<void>
}

export interface Board extends BoardControl, Chaos, Rounds {
  /** How often each fault was considered and has bitten here. */
  tallies(): Record<string, Tally>
  isActive(name: string): boolean
  isOn(name: string): boolean
}

interface ControlOptions {
  /** What processes have made of a fault. */
  processesOf(name: string): FaultInProcess[]
  obeyed(): Promise<void>
}

const sum = (tallies: readonly Tally[], of: keyof Tally) =>
  tallies.reduce((total, tally) => total + tally[of], 0)

/** The routes' view of a list of faults. */
export function controlOf(asked: FaultList, { processesOf, obeyed }: ControlOptions): BoardControl {
  const complete = (fault: AskedFault): FaultState => {
    const processes = processesOf(fault.name)
    const considered = sum(processes, 'considered')
    return { ...fault, considered, injected: sum(processes, 'injected'), processes }
  }
  const one = (name: string) => complete(asked.one(name))
  return {
    list: () => asked.list().map(complete),
    one,
    put(name, settings) {
      asked.put(name, settings)
      return one(name)
    },
    remove(name) {
      asked.remove(name)
      return one(name)
    },
    reset: () => asked.reset(),
    renew: (holder) => asked.renew(holder),
    release: (holder) => asked.release(holder),
    history(after) {
      asked.sweep()
      return asked.history.list(after)
    },
    subscribe: (listener) => asked.history.subscribe(listener),
    obeyed,
  }
}

/**
 * A board that one process keeps for itself alone, where no board process is named: a restart of
 * it is clean.
 * @param nowMs a monotonic clock, milliseconds
 */
export function createBoard(nowMs: () => number = () => performance.now()): Board {
  const active = new ActiveFaults({ kind: 'api', nowMs })
  const asked = new FaultList(nowMs, () => active.adopt(asked.snapshot()))
  const here = { process: 'api', kind: 'api' } as const
  const control = controlOf(asked, {
    processesOf: (name) => [{ ...here, ...(active.tallies()[name] ?? nothing) }],
    obeyed: async () => {},
  })
  return {
    ...control,
    at: (site) => active.at(site),
    bankHeaders: (route, whom) => active.bankHeaders(route, whom),
    clientPolicy: (route, whom) => active.clientPolicy(route, whom),
    asksUser: () => active.asksUser(),
    effectFails: (effect) => active.effectFails(effect),
    effectRepeats: (effect) => active.effectRepeats(effect),
    stopsLoop: (loop) => active.stopsLoop(loop),
    atRequest: (path) => active.atRequest(path),
    round: (name, act) => active.round(name, act),
    beforeCommit: (db) => active.beforeCommit(db),
    refusesWrite: (isWrite) => active.refusesWrite(isWrite),
    tallies: () => active.tallies(),
    isActive: (name) => active.isActive(name),
    isOn: (name) => active.isOn(name),
  }
}

const nothing: Tally = { considered: 0, injected: 0 }
