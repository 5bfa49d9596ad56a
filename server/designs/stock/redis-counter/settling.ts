import type { Services } from '../../../ctx.ts'
import { Problem } from '../../../errors.ts'
import { beginEpoch, type ComparedCounter, countersIn, hasCounters } from './epochs.ts'
import {
  countedReturns,
  markSettled,
  pruneReservations,
  refuseReservations,
  settleOpen,
  statusesOf,
} from './rows.ts'
import {
  credit,
  dropCounter,
  entriesAfter,
  entryMs,
  look,
  type Reservation,
  release,
  releaseCredited,
  writeCounter,
} from './scripts.ts'

/** What the counters of one process have done, for the metrics. */
export interface CounterCounts {
  /** Units given back that no transaction had claimed. */
  returned: number
  /** Claims and returns that are in the tables for good. */
  settled: number
  /** Counters rebuilt from the tables. */
  rebuilt: number
  /** Reservations in the stream as last seen. */
  streamLength: number
  /** Units by which idle counters differed from the tables at the last look. */
  drift: number
  /** Counters that differed so and were dropped. */
  driftCorrections: number
}

/** What the counters live in, and what is counted of them. */
export interface Counters extends Pick<Services, 'side' | 'redis'> {
  counts: CounterCounts
  /** Monotonic clock, of the last comparison. */
  comparedAtMs: number
}

/** Longer than a request lives (answer 8 s, statement 10 s); later claims are refused. */
const graceMs = 20_000
const pageSize = 500
const pagesMax = 20
/** Rows that are settled or refused are kept so long: far longer than a claim may be late. */
const keptMs = 3600_000
const compareEveryMs = 5000
const comparedMax = 100

/** @throws Problem `stock-unavailable` for whatever Redis does not answer */
export async function askRedis<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked
  } catch (error) {
    throw new Problem('stock-unavailable', { cause: error })
  }
}

/** Rebuilds an option's counter from the tables, unless another process just has. */
export async function rebuildCounter(
  { side, redis, counts }: Counters,
  optionId: string,
): Promise<'rebuilt' | 'current' | 'missing'> {
  const outcome = await beginEpoch(side, optionId, {
    epochNow: async () => (await askRedis(look(redis, optionId)))?.epoch,
    write: (left, epoch) => askRedis(writeCounter(redis, optionId, left, epoch)),
  })
  if (outcome === 'rebuilt') counts.rebuilt += 1
  return outcome
}

/**
 * One turn of the settling: claims into the table, returns into the table and then into Redis,
 * entries that are settled or abandoned out of the stream. Every part may be cut off anywhere and
 * is done again. A shop without counters never asks Redis.
 * @param nowMs by which reservations are old
 */
export async function settleCounters(counters: Counters, nowMs = Date.now()): Promise<number> {
  const { side, counts } = counters
  const settled = await settleOpen(side, pageSize)
  const credited = await creditReturns(counters)
  counts.settled += settled
  if (!(await hasCounters(side))) return settled + credited
  const { released, isWhole } = await clearStream(counters, nowMs)
  await compareCounters(counters)
  // A row that is gone while its entry is there would look like one that was never claimed.
  const pruned = isWhole ? await pruneReservations(side, new Date(nowMs - keptMs), pageSize) : 0
  return settled + credited + released + pruned
}

async function creditReturns(counters: Counters): Promise<number> {
  const { side, redis } = counters
  const returns = await countedReturns(side, pageSize)
  const credited: string[] = []
  for (const { epoch, ...one } of returns) {
    const isCredited =
      epoch !== null && (await askRedis(credit(redis, { ...one, epoch: epoch ?? '' })))
    if (isCredited) credited.push(one.id)
    // A rebuilt counter has it from the table.
    else await rebuildCounter(counters, one.optionId)
  }
  await markSettled(side, credited)
  await askRedis(releaseCredited(redis, credited))
  return returns.length
}

/** @returns how many entries went, and whether all were looked at */
async function clearStream(
  counters: Counters,
  nowMs: number,
): Promise<{ released: number; isWhole: boolean }> {
  let after: string | undefined
  let released = 0
  let seen = 0
  let isWhole = false
  for (let page = 0; page < pagesMax && !isWhole; page += 1) {
    const entries = await askRedis(entriesAfter(counters.redis, after, pageSize))
    after = entries.at(-1)?.entry
    seen += entries.length
    released += await clearPage(counters, entries, nowMs - graceMs)
    isWhole = entries.length < pageSize
  }
  counters.counts.streamLength = seen - released
  return { released, isWhole }
}

async function clearPage(
  { side, redis, counts }: Counters,
  entries: readonly Reservation[],
  before: number,
): Promise<number> {
  const ids = entries.map(({ id }) => id)
  let statuses = await statusesOf(side, ids)
  const abandoned = entries.filter(({ id, entry }) => !statuses.has(id) && entryMs(entry) < before)
  if (abandoned.length > 0) {
    await refuseReservations(side, abandoned)
    statuses = await statusesOf(side, ids)
  }
  const outcomes = entries.map(async (entry) => {
    const status = statuses.get(entry.id)
    if (status !== 'settled' && status !== 'refused') return false
    const isOut = await release(redis, entry, status === 'refused' ? 'back' : 'settled')
    if (isOut && status === 'refused') counts.returned += entry.quantity
    return isOut
  })
  return (await askRedis(Promise.all(outcomes))).filter((isOut) => isOut).length
}

/**
 * Compares idle counters with the table: no row open, no entry in the stream, and the same before
 * and after the look. What differs is counted, and the counter is dropped, to be rebuilt.
 */
async function compareCounters(counters: Counters): Promise<void> {
  const { side, redis, counts } = counters
  if (performance.now() - counters.comparedAtMs < compareEveryMs) return
  counters.comparedAtMs = performance.now()
  const before = await countersIn(side, comparedMax)
  if (before.length === 0) return
  const looks = await askRedis(Promise.all(before.map(({ optionId }) => look(redis, optionId))))
  const optionIds = before.map(({ optionId }) => optionId)
  const after = new Map(
    (await countersIn(side, comparedMax, optionIds)).map((row) => [row.optionId, row]),
  )
  let drift = 0
  for (const [index, counter] of before.entries()) {
    const seen = looks[index]
    const isStill = isSame(counter, after.get(counter.optionId)) && counter.unsettled === 0
    if (!seen || !isStill || seen.epoch !== counter.epoch) continue
    if (seen.reserved !== 0 && seen.streamLength !== 0) continue
    if (seen.left === counter.stock) continue
    drift += Math.abs(seen.left - counter.stock)
    await askRedis(dropCounter(redis, counter.optionId, seen.epoch))
    counts.driftCorrections += 1
  }
  counts.drift = drift
}

const isSame = (one: ComparedCounter, other: ComparedCounter | undefined): boolean =>
  other?.epoch === one.epoch && other.stock === one.stock && other.unsettled === one.unsettled
