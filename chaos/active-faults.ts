import type { Chaos, EffectTry, Site, StoppableLoop, Whom } from '../server/ctx.ts'
import type { Database } from '../server/db/connections.ts'
import { type ActiveFault, activeFaultOf } from './active-fault.ts'
import { isAbout, isAmong } from './aim.ts'
import type { CommonSettings, Fault, ProcessKind } from './fault.ts'
import type { DrawnBite, Way } from './network.ts'
import { levelOf } from './ramp.ts'
import { type Act, type RoundSettings, waitUntilOver } from './rounds.ts'
import type { Snapshot, Tally } from './snapshot.ts'

interface ActiveFaultsOptions {
  kind: ProcessKind
  /** A monotonic clock, milliseconds. */
  nowMs?: () => number
  /** Asks the board for one of the bites that a fault has in all; absent = none is granted. */
  claim?: (name: string, key: string) => Promise<boolean>
}

/**
 * The faults that are on in one process, and what they do there. They live in memory only: a
 * restart is clean. No timer ends one: every decision looks at the clock, so a fault ends at its
 * time, or with what the process has of the board, also where no message arrives.
 */
export class ActiveFaults implements Chaos {
  readonly kind: ProcessKind
  readonly #nowMs: () => number
  readonly #claim: ActiveFaultsOptions['claim']
  readonly #active = new Map<string, ActiveFault>()
  readonly #tallies = new Map<string, Tally>()
  #adopted = ''
  /** Those that are on, here or elsewhere, and when they end. */
  #known = new Map<string, number>()
  #livesUntilMs = Number.POSITIVE_INFINITY

  constructor({ kind, nowMs = () => performance.now(), claim }: ActiveFaultsOptions) {
    this.kind = kind
    this.#claim = claim
    this.#nowMs = nowMs
  }

  /**
   * Takes over what is on. A fault that is on already keeps its dice; one that is not among them,
   * or was replaced, ends with all that it has under way.
   * @param asOfMs when it was so, by the clock of this process: never later than it really was
   * @param lifeMs for how long it holds from then on
   */
  adopt(snapshot: Snapshot, asOfMs = this.#nowMs(), lifeMs = Number.POSITIVE_INFINITY): void {
    const hasLapsed = this.#nowMs() >= this.#livesUntilMs
    this.#livesUntilMs = asOfMs + lifeMs
    // Most answers of a board bring nothing new: what is on then has its time already.
    const adopted = `${snapshot.board} ${snapshot.version}`
    if (adopted === this.#adopted && !hasLapsed) return
    this.#adopted = adopted
    this.#known = new Map(
      snapshot.faults.map(({ name, remainingMs }) => [name, asOfMs + remainingMs]),
    )
    const opening = { kind: this.kind, board: snapshot.board, asOfMs, isOverAt: this.#isOverAt }
    const wanted = snapshot.faults.flatMap((order) => activeFaultOf(order, opening) ?? [])
    const kept = new Set(wanted.map(({ key }) => key))
    for (const [name, on] of this.#active) {
      if (kept.has(on.key)) continue
      // Ends what it is doing, too.
      on.expiresAtMs = Number.NEGATIVE_INFINITY
      this.#active.delete(name)
    }
    for (const one of wanted) {
      const on = this.#active.get(one.fault.name)
      if (on) Object.assign(on, { expiresAtMs: one.expiresAtMs })
      else this.#active.set(one.fault.name, one)
    }
  }

  /** Switches all off. */
  clear(): void {
    this.adopt({ board: '', version: 0, faults: [] })
  }

  /** What each fault has done here, by its name; absent = nothing. */
  tallies(): Record<string, Tally> {
    return Object.fromEntries([...this.#tallies].map(([name, tally]) => [name, { ...tally }]))
  }

  isActive(name: string): boolean {
    return this.#active.get(name)?.isOver() === false
  }

  /** Whether the board has it on, be it that it acts in other processes only. */
  isOn(name: string): boolean {
    const endsAtMs = this.#known.get(name) ?? Number.NEGATIVE_INFINITY
    return this.#nowMs() < Math.min(endsAtMs, this.#livesUntilMs)
  }

  at(site: Site): Promise<void> | undefined {
    return this.#active.size === 0 ? undefined : this.#bite(site)
  }

  asksUser(): boolean {
    for (const { settings } of this.#active.values()) {
      if (settings.target.userShare !== undefined) return true
    }
    return false
  }

  bankHeaders(route: string, whom?: Whom): Record<string, string> | undefined {
    if (this.#active.size === 0) return undefined
    for (const on of this.#biting(route, (fault) => 'bankHeaders' in fault, whom)) {
      const headers = on.fault.bankHeaders?.(on.settings, on.chance)
      if (headers) this.#tally(on).injected += 1
      return headers
    }
    return undefined
  }

  clientPolicy(route: string, whom?: Whom): string | undefined {
    if (this.#active.size === 0) return undefined
    const words = new Map<string, string>()
    for (const on of this.#biting(route, (fault) => 'clientPolicy' in fault, whom)) {
      this.#tally(on).injected += 1
      for (const word of on.fault.clientPolicy?.(on.settings).split(';') ?? []) {
        const [name = ''] = word.split('=')
        // Clients refuse a header that has a word twice: the fault that was on first has it.
        if (!words.has(name)) words.set(name, word)
      }
    }
    return words.size === 0 ? undefined : [...words.values()].join(';')
  }

  effectFails(effect: EffectTry): boolean {
    return this.#bites((fault, { settings }) => fault.effectFails?.(settings, effect) === true)
  }

  effectRepeats(effect: EffectTry): boolean {
    return this.#bites((fault, { settings }) => fault.effectRepeats?.(settings, effect) === true)
  }

  stopsLoop(loop: StoppableLoop): boolean {
    return this.#bites(({ stopsLoop }) => stopsLoop === loop)
  }

  beforeCommit(db: Database): Promise<void> | undefined {
    return this.#active.size === 0 ? undefined : this.#biteCommit(db)
  }

  refusesWrite(isWrite: () => boolean): boolean {
    return this.#bites(({ refusesWrites }) => refusesWrites === true && isWrite())
  }

  /** What befalls the next bytes on a way; none = they pass. */
  onBytes(way: Way): DrawnBite[] {
    if (this.#active.size === 0) return []
    const wants = ({ network }: Fault, { settings }: ActiveFault) => {
      const { server = way.server } = settings as { server?: Way['server'] }
      return server === way.server && network?.reaches(settings, way) === true
    }
    return [...this.#biting(undefined, wants)].flatMap((on) => {
      const bite = on.fault.network?.bite(on.settings, on.chance)
      if (!bite) return []
      this.#tally(on).injected += 1
      return [{ bite, of: on.key, isOver: on.isOver }]
    })
  }

  /** Bites before the process handles a request. @returns the answer, where a fault gives one */
  atRequest(path: string): Promise<Response | undefined> | undefined {
    return this.#active.size === 0 ? undefined : this.#biteRequest(path)
  }

  /**
   * One round of a fault that acts by itself; where its dice fall otherwise, it takes as long. Ends
   * early with the fault.
   * @returns whether the fault is on
   * @throws what `act` threw while the fault was on
   */
  async round(name: string, act: Act): Promise<boolean> {
    const on = this.#active.get(name)
    if (!on || on.isOver()) return false
    const { isOver } = on
    const { holdMs = 0, pauseMs } = on.settings as CommonSettings & RoundSettings
    if (!this.#draws(on)) {
      await waitUntilOver(holdMs + pauseMs, isOver)
      return true
    }
    const tookHold = () => {
      this.#tally(on).injected += 1
    }
    await act(on.fault, on.settings, { key: on.key, isOver, tookHold }).catch((error: unknown) => {
      if (!isOver()) throw error
    })
    await waitUntilOver(pauseMs, isOver)
    return true
  }

  /** Whether one of the faults bites of which a yes is all there is to it. */
  #bites(wants: (fault: Fault, on: ActiveFault) => boolean): boolean {
    if (this.#active.size === 0) return false
    for (const on of this.#biting(undefined, wants)) {
      this.#tally(on).injected += 1
      return true
    }
    return false
  }

  async #bite(site: Site): Promise<void> {
    const wants = ({ atPoint }: Fault, { settings }: ActiveFault) =>
      atPoint?.wants(settings, site) === true
    for (const on of this.#biting(site.route, wants, site, site.items)) {
      if (!on.fault.times) this.#tally(on).injected += 1
      else if (!(await this.#claim?.(on.fault.name, on.key)) || on.isOver()) continue
      await on.fault.atPoint?.act(on.settings, site, on.isOver)
    }
  }

  async #biteCommit(db: Database): Promise<void> {
    for (const on of this.#biting(undefined, (fault) => 'atCommit' in fault)) {
      this.#tally(on).injected += 1
      await on.fault.atCommit?.(on.settings, db, on.isOver)
    }
  }

  async #biteRequest(path: string): Promise<Response | undefined> {
    const wants = ({ atRequest, requests }: Fault) =>
      atRequest !== undefined && requests?.(path) !== false
    for (const on of this.#biting(undefined, wants)) {
      this.#tally(on).injected += 1
      const answer = await on.fault.atRequest?.(on.settings, on.isOver)
      if (answer) return answer
    }
    return undefined
  }

  /** The faults that have a say at this route and whose dice fall so. */
  *#biting(
    route: string | undefined,
    has: (fault: Fault, on: ActiveFault) => boolean,
    whom: Whom = {},
    items: Site['items'] = [],
  ) {
    // As they are now: what is switched on while one of them bites is for others.
    for (const on of [...this.#active.values()]) {
      if (on.isOver()) {
        if (this.#active.get(on.fault.name) === on) this.#active.delete(on.fault.name)
        continue
      }
      const { target } = on.settings
      if (!has(on.fault, on) || (target.route ?? route) !== route) continue
      if (!isAmong(on.settings, whom.user) || !isAbout(target, whom.design, items)) continue
      if (this.#draws(on)) yield on
    }
  }

  #isOverAt = (expiresAtMs: number) => this.#nowMs() >= Math.min(expiresAtMs, this.#livesUntilMs)

  /** Counts that a fault is asked, and throws its dice. */
  #draws(on: ActiveFault): boolean {
    const { probability, ramp } = on.settings
    this.#tally(on).considered += 1
    const nowMs = this.#nowMs()
    const level = levelOf(ramp, nowMs - on.startedAtMs, on.expiresAtMs - nowMs)
    const share = probability * level
    return share >= 1 || on.chance() < share
  }

  #tally({ fault }: ActiveFault): Tally {
    let tally = this.#tallies.get(fault.name)
    if (!tally) {
      tally = { considered: 0, injected: 0 }
      this.#tallies.set(fault.name, tally)
    }
    return tally
  }
}
