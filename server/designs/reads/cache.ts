import type { Redis } from 'ioredis'
import { type Copies, createCopies } from './copies.ts'
import { noCounts, type ReadCounts, type ReadKind, type ReadOutcome } from './counts.ts'
import { type Entry, entryOf, type Life } from './entry.ts'
import { createShelf, type Shelf } from './shelf.ts'

/** An answer that is asked for. */
export interface Asked extends Life {
  kind: ReadKind
  /** Names the answer among those of its kind. */
  key: string
  /** A copy in this process is given without a question for so long. */
  copyMs: number
  /** False = only this process keeps it: nobody fills Redis with what few ask for. */
  isShared: boolean
  /** Makes the answer; undefined where there is none, which is not kept. */
  make(): Promise<string | undefined>
}

export interface Cache {
  /** The answer as it is, which may be stale; only what nobody has is waited for. */
  read(asked: Asked): Promise<string | undefined>
  /** The answer, made anew unless it stays fresh for `aheadMs` more. Counts no reader. */
  fresh(asked: Asked, aheadMs: number): Promise<string | undefined>
  counts: Record<ReadKind, ReadCounts>
}

interface Found {
  body: string | undefined
  outcome: ReadOutcome
}

/** Who waits for another process's answer looks so often, and makes it himself after so long. */
const pollMs = 15
const waitMsMax = 2000

/**
 * Answers kept in Redis, with copies in the process.
 * in: what is asked for · out: its body · closes: the stampede on a key that has run out. In a
 * process one promise makes an answer, among processes whoever has the lock; all others get the
 * stale one at once, and wait only for a key that nobody has made yet. Redis away: the copies of
 * the process are all there is, made by the same one promise.
 * Staleness: `freshMs` and the time to make it and `copyMs`, while anybody asks; else `staleMs`.
 */
export function createCache(redis: Redis, nowMs: () => number = Date.now): Cache {
  const shop: Shop = {
    nowMs,
    shelf: createShelf(redis, nowMs),
    copies: createCopies(),
    counts: noCounts(),
    looks: new Map(),
    makings: new Map(),
  }
  return {
    counts: shop.counts,
    read: (asked) => read(shop, asked),
    fresh: (asked, aheadMs) => fresh(shop, asked, aheadMs),
  }
}

interface Shop {
  nowMs: () => number
  shelf: Shelf
  copies: Copies
  counts: Cache['counts']
  /** What is being looked up, and what is being made, by id. */
  looks: Map<string, Promise<Found>>
  makings: Map<string, Promise<string | undefined>>
}

const idOf = ({ kind, key }: Asked) => `${kind}:${key}`

const isFreshFor = ({ nowMs }: Shop, entry: Entry, aheadMs: number) =>
  entry.freshUntilMs - nowMs() > aheadMs

async function read(shop: Shop, asked: Asked): Promise<string | undefined> {
  const id = idOf(asked)
  const counts = shop.counts[asked.kind]
  const copy = shop.copies.get(id)
  if (copy && shop.nowMs() < copy.askAgainMs) {
    counts.hit += 1
    return copy.entry.body
  }
  const joined = shop.looks.get(id)
  const { body, outcome } = await (joined ?? single(shop.looks, id, () => look(shop, asked)))
  counts[joined && outcome === 'miss' ? 'wait' : outcome] += 1
  return body
}

async function fresh(shop: Shop, asked: Asked, aheadMs: number): Promise<string | undefined> {
  const copy = shop.copies.get(idOf(asked))
  const isAtHand = copy && shop.nowMs() < copy.askAgainMs
  if (isAtHand && isFreshFor(shop, copy.entry, aheadMs)) return copy.entry.body
  const { entry, isAlone } = await find(shop, asked)
  if (!entry || !isFreshFor(shop, entry, aheadMs)) {
    return await making(shop, asked, isAlone, aheadMs)
  }
  keep(shop, asked, entry)
  return entry.body
}

/** One promise for all who ask while it runs. */
function single<T>(running: Map<string, Promise<T>>, id: string, work: () => Promise<T>) {
  const promise = work().finally(() => running.delete(id))
  running.set(id, promise)
  return promise
}

async function look(shop: Shop, asked: Asked): Promise<Found> {
  const { entry, isAlone } = await find(shop, asked)
  if (!entry) return { body: await making(shop, asked, isAlone, 0), outcome: 'miss' }
  keep(shop, asked, entry)
  if (isFreshFor(shop, entry, 0)) return { body: entry.body, outcome: 'hit' }
  // Its failure is counted; the stale answer stays until its time is up.
  making(shop, asked, isAlone, 0).catch(() => {})
  return { body: entry.body, outcome: 'stale' }
}

/** What there is, stale or not, and whether this process has to do without the others. */
async function find(shop: Shop, asked: Asked): Promise<{ entry?: Entry; isAlone: boolean }> {
  const id = idOf(asked)
  if (asked.isShared) {
    const entry = await shop.shelf.find(id, asked, shop.counts[asked.kind])
    if (entry !== 'away') return entry ? { entry, isAlone: false } : { isAlone: false }
  }
  const entry = shop.copies.get(id)?.entry
  const isUsable = entry && shop.nowMs() < entry.staleUntilMs
  return isUsable ? { entry, isAlone: true } : { isAlone: true }
}

function keep(shop: Shop, asked: Asked, entry: Entry): void {
  shop.copies.keep(idOf(asked), { entry, askAgainMs: shop.nowMs() + asked.copyMs })
}

function making(shop: Shop, asked: Asked, isAlone: boolean, aheadMs: number) {
  const id = idOf(asked)
  const work = () => (isAlone ? make(shop, asked) : makeForAll(shop, asked, aheadMs))
  return shop.makings.get(id) ?? single(shop.makings, id, work)
}

async function make(shop: Shop, asked: Asked): Promise<string | undefined> {
  return (await made(shop, asked))?.body
}

async function made(shop: Shop, asked: Asked): Promise<Entry | undefined> {
  const counts = shop.counts[asked.kind]
  const startedMs = performance.now()
  // Its age counts from before it is read: what changes meanwhile is missing from it.
  const nowMs = shop.nowMs()
  counts.rebuilds += 1
  try {
    const body = await asked.make()
    if (body === undefined) return undefined
    const entry = entryOf(body, asked, nowMs)
    keep(shop, asked, entry)
    return entry
  } catch (error) {
    counts.rebuildFailures += 1
    throw error
  } finally {
    counts.rebuildMs += performance.now() - startedMs
  }
}

/** Makes the answer if the lock is free, else takes what its holder makes of it. */
async function makeForAll(shop: Shop, asked: Asked, aheadMs: number): Promise<string | undefined> {
  const id = idOf(asked)
  const { shelf } = shop
  const counts = shop.counts[asked.kind]
  const token = crypto.randomUUID()
  const endsAtMs = performance.now() + waitMsMax
  for (;;) {
    const lock = await shelf.lock(id, token, counts)
    if (lock === 'away') return await make(shop, asked)
    const { entry } = await find(shop, asked)
    if (lock) return await makeLocked(shop, asked, token, entry, aheadMs)
    if (entry) return entry.body
    if (performance.now() > endsAtMs) return await make(shop, asked)
    await Bun.sleep(pollMs)
  }
}

async function makeLocked(
  shop: Shop,
  asked: Asked,
  token: string,
  found: Entry | undefined,
  aheadMs: number,
): Promise<string | undefined> {
  const id = idOf(asked)
  const counts = shop.counts[asked.kind]
  try {
    // Somebody was faster between our look and our lock.
    if (found && isFreshFor(shop, found, aheadMs)) {
      keep(shop, asked, found)
      return found.body
    }
    const entry = await made(shop, asked)
    if (entry) await shop.shelf.put(id, entry, counts)
    return entry?.body
  } finally {
    await shop.shelf.unlock(id, token, counts)
  }
}
