import type { Redis } from 'ioredis'
import { noCounts, type ReadKind, type ReadOutcome } from './counts.ts'
import { type Clocks, type Entry, entryOf, type Life, processClocks, shifted } from './entry.ts'
import { LocalCache } from './local-cache.ts'
import { SharedCache } from './shared-cache.ts'

/** An answer that can be cached, and how it is made. */
export interface CachedAnswer extends Life {
  kind: ReadKind
  /** Names the answer among those of its kind. */
  key: string
  /** This process gives its own copy for so long, and asks Redis for none. */
  copyMs: number
  /** False = only this process keeps it: Redis does not fill up with what few ask for. */
  isShared: boolean
  /** Makes the answer; undefined where there is none, which this process keeps for a second. */
  make(): Promise<string | undefined>
}

interface Found {
  body: string | undefined
  outcome: ReadOutcome
}

/** A process that waits for another's answer looks so often, and gives up after so long. */
const pollMs = 15
const waitMsMax = 2000
const absentMs = 1000
const absentMax = 1000

const idOf = ({ kind, key }: CachedAnswer) => `${kind}:${key}`

/**
 * Answers kept in Redis, with copies in the process. Closes the stampede on a key that has run out:
 * in a process one promise makes an answer, among processes the one that has the lock; all others
 * get the stale one at once, and wait only for a key that was never made. While Redis is
 * unavailable, the copies of the process are all there is, made by the same one promise.
 * Staleness: `freshMs`, the time to make it and `copyMs` while there are readers, else `staleMs`.
 */
export class Cache {
  readonly counts = noCounts()
  readonly #clocks: Clocks
  readonly #shared: SharedCache
  readonly #local = new LocalCache()
  /** When what was not there is asked for again, by id; by time elapsed. */
  readonly #absent = new Map<string, number>()
  /** Lookups and rebuilds under way, by id. */
  readonly #looks = new Map<string, Promise<Found>>()
  readonly #rebuilds = new Map<string, Promise<string | undefined>>()

  constructor(redis: Redis, clocks = processClocks) {
    this.#clocks = clocks
    this.#shared = new SharedCache(redis, clocks)
  }

  /** The answer as it is, which may be stale; waits only for one that was never made. */
  async read(answer: CachedAnswer): Promise<string | undefined> {
    const id = idOf(answer)
    const counts = this.counts[answer.kind]
    const copy = this.#local.get(id)
    if (copy && this.#clocks.elapsedMs() < copy.askAgainMs) {
      counts.hit += 1
      return copy.entry.body
    }
    if (this.#clocks.elapsedMs() < (this.#absent.get(id) ?? 0)) {
      counts.hit += 1
      return undefined
    }
    const joined = this.#looks.get(id)
    const { body, outcome } = await (joined ?? single(this.#looks, id, () => this.#look(answer)))
    counts[joined && outcome === 'miss' ? 'wait' : outcome] += 1
    return body
  }

  /** The answer, rebuilt unless it stays fresh for `aheadMs` more. Counts no reader. */
  async fresh(answer: CachedAnswer, aheadMs: number): Promise<string | undefined> {
    const copy = this.#local.get(idOf(answer))
    const elapsedMs = this.#clocks.elapsedMs()
    const isCurrent = copy && elapsedMs < copy.askAgainMs
    if (isCurrent && copy.entry.freshUntilMs - elapsedMs > aheadMs) return copy.entry.body
    const { entry, isAlone } = await this.#find(answer)
    if (!entry || !this.#isFreshFor(entry, aheadMs)) {
      return await this.#rebuildOnce(answer, isAlone, aheadMs)
    }
    this.#keep(answer, entry)
    return entry.body
  }

  #isFreshFor(entry: Entry, aheadMs: number): boolean {
    return entry.freshUntilMs - this.#clocks.wallMs() > aheadMs
  }

  async #look(answer: CachedAnswer): Promise<Found> {
    const { entry, isAlone } = await this.#find(answer)
    if (!entry) return { body: await this.#rebuildOnce(answer, isAlone, 0), outcome: 'miss' }
    this.#keep(answer, entry)
    if (this.#isFreshFor(entry, 0)) return { body: entry.body, outcome: 'hit' }
    // Its failure is counted; the stale answer stays until its time is up.
    this.#rebuildOnce(answer, isAlone, 0).catch(() => {})
    return { body: entry.body, outcome: 'stale' }
  }

  /** What there is, stale or not, and whether this process has to do without the others. */
  async #find(answer: CachedAnswer): Promise<{ entry?: Entry; isAlone: boolean }> {
    const id = idOf(answer)
    if (answer.isShared) {
      const entry = await this.#shared.find(id, answer, this.counts[answer.kind])
      if (entry !== 'unavailable') return entry ? { entry, isAlone: false } : { isAlone: false }
    }
    const entry = this.#local.get(id)?.entry
    const elapsedMs = this.#clocks.elapsedMs()
    if (!entry || elapsedMs >= entry.staleUntilMs) return { isAlone: true }
    return { entry: shifted(entry, this.#clocks.wallMs() - elapsedMs), isAlone: true }
  }

  /** Keeps a copy by the time that has passed, whatever becomes of the wall clock. */
  #keep(answer: CachedAnswer, entry: Entry): void {
    const elapsedMs = this.#clocks.elapsedMs()
    const copy = shifted(entry, elapsedMs - this.#clocks.wallMs())
    this.#local.keep(idOf(answer), { entry: copy, askAgainMs: elapsedMs + answer.copyMs })
  }

  /** Apart from the copies, of which made-up ids would leave none. */
  #keepAbsent(id: string): void {
    this.#absent.delete(id)
    this.#absent.set(id, this.#clocks.elapsedMs() + absentMs)
    const [oldest] = this.#absent.keys()
    if (oldest !== undefined && this.#absent.size > absentMax) this.#absent.delete(oldest)
  }

  #rebuildOnce(answer: CachedAnswer, isAlone: boolean, aheadMs: number) {
    const id = idOf(answer)
    const work = () => (isAlone ? this.#rebuildAlone(answer) : this.#rebuildForAll(answer, aheadMs))
    return this.#rebuilds.get(id) ?? single(this.#rebuilds, id, work)
  }

  async #rebuildAlone(answer: CachedAnswer): Promise<string | undefined> {
    return (await this.#rebuild(answer))?.body
  }

  async #rebuild(answer: CachedAnswer): Promise<Entry | undefined> {
    const counts = this.counts[answer.kind]
    const startedMs = performance.now()
    // Its age counts from before it is read: what changes meanwhile is missing from it.
    const nowMs = this.#clocks.wallMs()
    counts.rebuilds += 1
    try {
      const body = await answer.make()
      if (body === undefined) {
        this.#keepAbsent(idOf(answer))
        return undefined
      }
      const entry = entryOf(body, answer, nowMs)
      this.#keep(answer, entry)
      return entry
    } catch (error) {
      counts.rebuildFailures += 1
      throw error
    } finally {
      counts.rebuildMs += performance.now() - startedMs
    }
  }

  /** Rebuilds the answer if the lock is free, else takes what its holder makes of it. */
  async #rebuildForAll(answer: CachedAnswer, aheadMs: number): Promise<string | undefined> {
    const id = idOf(answer)
    const counts = this.counts[answer.kind]
    const token = crypto.randomUUID()
    const endsAtMs = performance.now() + waitMsMax
    for (;;) {
      const lock = await this.#shared.lock(id, token, counts)
      if (lock === 'unavailable') return await this.#rebuildAlone(answer)
      const { entry } = await this.#find(answer)
      if (lock) return await this.#rebuildLocked(answer, token, entry, aheadMs)
      if (entry) return entry.body
      if (performance.now() > endsAtMs) return await this.#rebuildAlone(answer)
      await Bun.sleep(pollMs)
    }
  }

  async #rebuildLocked(
    answer: CachedAnswer,
    token: string,
    found: Entry | undefined,
    aheadMs: number,
  ): Promise<string | undefined> {
    const id = idOf(answer)
    const counts = this.counts[answer.kind]
    try {
      // Another process was faster, between the look and the lock.
      if (found && this.#isFreshFor(found, aheadMs)) {
        this.#keep(answer, found)
        return found.body
      }
      const entry = await this.#rebuild(answer)
      if (entry) await this.#shared.put(id, entry, counts)
      return entry?.body
    } finally {
      await this.#shared.unlock(id, token, counts)
    }
  }
}

/** One promise for all who ask while it runs. */
function single<T>(running: Map<string, Promise<T>>, id: string, work: () => Promise<T>) {
  const promise = work().finally(() => running.delete(id))
  running.set(id, promise)
  return promise
}
