import type { Services } from '../../../ctx.ts'
import type { Connections } from '../../../db/connections.ts'
import { momentFromNow } from '../../../db/statements.ts'
import { Counters, entryMs, type Reservation } from './counters.ts'
import { beginEpoch, type ComparedCounter, countersIn, hasCounters } from './epochs.ts'
import { ReservationRows } from './rows.ts'

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

/** Longer than a request lives (answer 8 s, statement 10 s); later claims are refused. */
const graceMs = 20_000
const pageSize = 500
const pagesMax = 20
/** Rows that are settled or refused are kept so long: far longer than a claim may be late. */
const keptMs = 3600_000
const compareEveryMs = 5000
const comparedMax = 100

/**
 * Keeps table and counters together: claims into the table, returns into the table and then into
 * Redis. Every part may be cut off anywhere and is done again.
 */
export class CounterSettling {
  readonly counts: CounterCounts = {
    ...{ returned: 0, settled: 0, rebuilt: 0, streamLength: 0, drift: 0, driftCorrections: 0 },
  }
  readonly counters: Counters
  readonly #side: Connections
  readonly #rows: ReservationRows
  #comparedAtMs = Number.NEGATIVE_INFINITY

  constructor({ side, redis }: Pick<Services, 'side' | 'redis'>) {
    this.counters = new Counters(redis)
    this.#side = side
    this.#rows = new ReservationRows(side)
  }

  /** Rebuilds an option's counter from the tables, unless another process just has. */
  async rebuild(optionId: string): Promise<'rebuilt' | 'current' | 'missing'> {
    const outcome = await beginEpoch(this.#side, optionId, this.counters)
    if (outcome === 'rebuilt') this.counts.rebuilt += 1
    return outcome
  }

  /**
   * One turn. A shop without counters never asks Redis.
   * @param laterMs for tests: as if it were so much later
   * @returns how many things it settled
   * @throws Problem `stock-unavailable`
   */
  async settle(laterMs = 0): Promise<number> {
    const settled = await this.#rows.settleOpen(pageSize)
    const credited = await this.#creditReturns()
    this.counts.settled += settled
    if (!(await hasCounters(this.#side))) return settled + credited
    const { released, isWhole } = await this.#clearStream(laterMs)
    await this.#compare()
    // A row that is gone while its entry is there would look like one that was never claimed.
    const pruned = isWhole ? await this.#rows.prune(momentFromNow(laterMs - keptMs), pageSize) : 0
    return settled + credited + released + pruned
  }

  async #creditReturns(): Promise<number> {
    const returns = await this.#rows.countedReturns(pageSize)
    const credited: string[] = []
    for (const { epoch, ...one } of returns) {
      if (epoch !== null && (await this.counters.credit({ ...one, epoch }))) credited.push(one.id)
      // A rebuilt counter has it from the table.
      else await this.rebuild(one.optionId)
    }
    await this.#rows.markSettled(credited)
    return returns.length
  }

  /** @returns how many entries went, and whether all were looked at */
  async #clearStream(laterMs: number): Promise<{ released: number; isWhole: boolean }> {
    const beforeMs = (await this.counters.nowMs()) + laterMs - graceMs
    let after: string | undefined
    let released = 0
    let seen = 0
    let isWhole = false
    for (let page = 0; page < pagesMax && !isWhole; page += 1) {
      const entries = await this.counters.entriesAfter(after, pageSize)
      after = entries.at(-1)?.entry
      seen += entries.length
      released += await this.#clearPage(entries, beforeMs)
      isWhole = entries.length < pageSize
    }
    this.counts.streamLength = seen - released
    return { released, isWhole }
  }

  /** Takes entries out that are settled, or abandoned since before the moment. */
  async #clearPage(entries: readonly Reservation[], beforeMs: number): Promise<number> {
    const ids = entries.map(({ id }) => id)
    let statuses = await this.#rows.statusesOf(ids)
    const isAbandoned = ({ id, entry }: Reservation) =>
      !statuses.has(id) && entryMs(entry) < beforeMs
    const abandoned = entries.filter(isAbandoned)
    if (abandoned.length > 0) {
      await this.#rows.refuse(abandoned)
      statuses = await this.#rows.statusesOf(ids)
    }
    const outcomes = entries.map(async (entry) => {
      const status = statuses.get(entry.id)
      if (status !== 'settled' && status !== 'refused') return false
      return await this.release(entry, status === 'refused' ? 'back' : 'settled')
    })
    return (await Promise.all(outcomes)).filter((isOut) => isOut).length
  }

  /** Takes an entry out of the stream; what comes `back` is counted. */
  async release(reservation: Reservation, how: 'settled' | 'back'): Promise<boolean> {
    const isOut = await this.counters.release(reservation, how)
    if (isOut && how === 'back') this.counts.returned += reservation.quantity
    return isOut
  }

  /**
   * Compares idle counters with the table: no row open, no entry in the stream, and the same before
   * and after the look. What differs is counted, and the counter is dropped, to be rebuilt.
   */
  async #compare(): Promise<void> {
    if (performance.now() - this.#comparedAtMs < compareEveryMs) return
    this.#comparedAtMs = performance.now()
    const before = await countersIn(this.#side, comparedMax)
    if (before.length === 0) return
    const optionIds = before.map(({ optionId }) => optionId)
    const looks = await Promise.all(optionIds.map((optionId) => this.counters.look(optionId)))
    const rows = await countersIn(this.#side, comparedMax, optionIds)
    const after = new Map(rows.map((row) => [row.optionId, row]))
    let drift = 0
    for (const [index, counter] of before.entries()) {
      const seen = looks[index]
      const isStill = isSame(counter, after.get(counter.optionId)) && counter.unsettled === 0
      if (!seen || !isStill || seen.epoch !== counter.epoch) continue
      if (seen.reserved !== 0 && seen.streamLength !== 0) continue
      if (seen.left === counter.stock) continue
      drift += Math.abs(seen.left - counter.stock)
      await this.counters.drop(counter.optionId, seen.epoch)
      this.counts.driftCorrections += 1
    }
    this.counts.drift = drift
  }
}

const isSame = (one: ComparedCounter, other: ComparedCounter | undefined): boolean =>
  other?.epoch === one.epoch && other.stock === one.stock && other.unsettled === one.unsettled
