import { z } from 'zod'
import type { FaultInProcess } from '../../chaos/board.ts'
import { type ProcessKind, processKinds } from '../../chaos/fault.ts'
import type { FaultList } from '../../chaos/fault-list.ts'
import { type Snapshot, snapshotLifeMs } from '../../chaos/snapshot.ts'
import { withDeadline } from '../deadline.ts'

const tally = z.strictObject({
  considered: z.int().min(0),
  injected: z.int().min(0),
})

/** What a process reports with each question for the faults that are on. */
export const report = z.strictObject({
  process: z.string().regex(/^[a-z0-9-]{1,64}$/, 'must be 1 to 64 of a-z 0-9 -'),
  kind: z.enum(processKinds),
  /** What it obeys. */
  board: z.string().max(64),
  version: z.int().min(0),
  tallies: z.record(z.string().max(64), tally),
})

/** What a process asks for that may not live to report it. */
export const claim = z.strictObject({
  ...report.pick({ process: true, kind: true }).shape,
  fault: z.string().max(64),
  key: z.string().max(128),
})

export type Claim = z.output<typeof claim>
export type Report = z.output<typeof report>

/** What the board answers with: the snapshot, and for how long it held the question, ms. */
export type Held = Snapshot & { heldMs: number }

interface Follower {
  report: Report
  seenAtMs: number
  /** Lets the question that the board holds be answered; absent = it holds none. */
  answer?: () => void
}

/** A question is answered at a change, or after so long: less than a snapshot's life. */
const holdMsMax = 500
/** A caller waits no longer for processes to obey. */
const obeyMsMax = 300
/** Processes whose counts are kept, those that have ended included. */
const followersMax = 200

/**
 * The processes that obey the board. Each asks again as soon as it was answered, so that a change
 * reaches it within milliseconds, and its next question is the proof that it obeys.
 */
export class Followers {
  readonly #asked: FaultList
  readonly #nowMs: () => number
  readonly #all = new Map<string, Follower>()
  /** Bites that were granted to a process, by its name and that of the fault. */
  readonly #granted = new Map<string, Claim & { bites: number }>()
  readonly #rounds = new Set<(report: Report) => void>()
  #isClosed = false

  constructor(asked: FaultList, nowMs: () => number = () => performance.now()) {
    this.#asked = asked
    this.#nowMs = nowMs
  }

  /** Takes a report in, and answers at the next change. */
  async follow(report: Report): Promise<Held> {
    const askedAtMs = this.#nowMs()
    const follower = this.#seen(report)
    for (const round of [...this.#rounds]) round(report)
    if (this.#isUpToDate(report) && !this.#isClosed) {
      const { promise, resolve } = Promise.withResolvers<void>()
      follower.answer = resolve
      await withDeadline(promise, holdMsMax, () => {})
      delete follower.answer
    }
    return { ...this.#asked.snapshot(), heldMs: this.#nowMs() - askedAtMs }
  }

  /** Answers every question that is held. */
  wake(): void {
    for (const { answer } of this.#all.values()) answer?.()
  }

  /**
   * Resolves once every process that lives has reported again, and obeys what is asked for; after
   * 300 ms in any case: one that cannot be reached drops its faults when its snapshot's life ends.
   */
  async obeyed(): Promise<void> {
    const open = new Set(this.#live().map(({ report }) => report.process))
    if (open.size === 0) return
    const { promise, resolve } = Promise.withResolvers<void>()
    const round = (report: Report) => {
      if (this.#isUpToDate(report)) open.delete(report.process)
      if (open.size === 0) resolve()
    }
    this.#rounds.add(round)
    this.wake()
    await withDeadline(promise, obeyMsMax, () => {})
    this.#rounds.delete(round)
  }

  /** Whether a process of that kind lives, and obeys. */
  hasKind(kind: ProcessKind): boolean {
    return this.#live().some(({ report }) => report.kind === kind)
  }

  /** What each process has made of a fault. */
  processesOf(name: string): FaultInProcess[] {
    const granted = [...this.#granted.values()].filter(({ fault }) => fault === name)
    const reported = [...this.#all.values()].flatMap(({ report: { process, kind, tallies } }) => {
      const { considered = 0, injected = 0 } = tallies[name] ?? {}
      return considered > 0 ? [{ process, kind, considered, injected }] : []
    })
    const others = reported.filter(({ process }) => granted.every((one) => one.process !== process))
    const dead = granted.map(({ process, kind, bites }) => {
      const considered = reported.find((one) => one.process === process)?.considered ?? 0
      return { process, kind, considered: Math.max(considered, bites), injected: bites }
    })
    return [...others, ...dead]
  }

  /** Counts a bite of a process that may not live to report it. */
  granted(claim: Claim): void {
    const id = `${claim.process} ${claim.fault}`
    const bites = (this.#granted.get(id)?.bites ?? 0) + 1
    this.#granted.set(id, { ...claim, bites })
    const [oldest] = this.#granted.keys()
    if (this.#granted.size > followersMax && oldest !== undefined) this.#granted.delete(oldest)
  }

  /** From now on no question is held. */
  close(): void {
    this.#isClosed = true
    this.wake()
  }

  #live = () =>
    [...this.#all.values()].filter(({ seenAtMs }) => this.#nowMs() - seenAtMs < snapshotLifeMs)

  #isUpToDate = ({ board, version }: Report) =>
    board === this.#asked.board && version === this.#asked.version

  #seen(report: Report): Follower {
    const follower: Follower = { report, seenAtMs: this.#nowMs() }
    this.#all.get(report.process)?.answer?.()
    // Again at the end: the first is the one that was seen the longest ago.
    this.#all.delete(report.process)
    this.#all.set(report.process, follower)
    const [oldest] = this.#all.keys()
    if (this.#all.size > followersMax && oldest !== undefined) this.#all.delete(oldest)
    return follower
  }
}
