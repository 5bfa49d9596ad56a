import type { Ctx, Services } from '../../../ctx.ts'
import { type Connections, type Database, onEnd } from '../../../db/connections.ts'
import { notClaimed } from '../../../db/failures.ts'
import { GroupCommit } from '../../../db/group-commit.ts'
import { momentFromNow } from '../../../db/statements.ts'
import { Problem } from '../../../errors.ts'
import type { Readings } from '../../../metrics/register.ts'
import { counter } from '../../../metrics/table.ts'
import type { Lifecycle } from '../../option.ts'
import { takeConditionally } from '../conditional-update/conditional-update.ts'
import { holdsRow } from '../held-rows.ts'
import { addUnits, grantMetrics, type Stock, type StockLine, type StockOption } from '../stock.ts'
import { claimSlot, StockBatches, type Taken, takeBatch, type WaitingTake } from './batches.ts'
import { type CoalescedCounts, type Grant, OpenBatches } from './open-batches.ts'

/**
 * Longer than a request lives (answer 8 s, statement 10 s). No more than a courtesy: a claim that
 * comes later still is refused, and one under way is waited for.
 */
const graceMs = 20_000
/** Settled batches are kept so long for the audit. */
const keptMs = 3600_000
const sweepMax = 500

const metrics = {
  stampede_stock_flushes_total: counter('Statements that took from stock for many at once.'),
  stampede_stock_merged_takes_total: counter(
    'Takes that were merged into such statements; by flushes: the mean size of a batch.',
  ),
  ...grantMetrics,
}

export const coalesced = {
  summary: 'one update for all that wait, committed before any answer; each claims its share',
  doc:
    'Takes of one option that wait in this process are one statement; one flush at a time. The ' +
    'caller’s transaction then claims its slot of the batch. Units that are not claimed (killed, ' +
    'rolled back) come back: at once from a living process, else by `settle` after 20 s, ' +
    'and are missed until then. A transaction that holds the row already takes without the ' +
    'others, whose flush waits for it.',
  closes: 'the queue for the row lock, which is held for one flush instead of until each commit',
  leavesOpen:
    'two orders that each hold the row of a quota and want the other’s item wait for each other ' +
    'unseen, since it is the flush that waits, until a lock times out after 3 s',
  commitsAlone: 'its batches commit before the order does',
  metrics,
  open: ({ side }: Services) => new CoalescedStock(side),
} satisfies StockOption

interface Waiting extends WaitingTake {
  resolve(grant: Grant | boolean): void
  reject(error: unknown): void
}

/** The stock of one process: merges its takes of one option into one statement at a time. */
export class CoalescedStock implements Stock, Lifecycle {
  readonly counts: CoalescedCounts = { flushes: 0, merged: 0, returned: 0, settled: 0 }
  readonly #group: GroupCommit<Waiting, Taken>
  readonly #rows: StockBatches
  readonly #batches: OpenBatches

  readonly readings: Readings<typeof metrics> = {
    stampede_stock_flushes_total: () => this.counts.flushes,
    stampede_stock_merged_takes_total: () => this.counts.merged,
    stampede_stock_units_returned_total: () => this.counts.returned,
    stampede_stock_grants_settled_total: () => this.counts.settled,
  }

  /** @param side connections that nothing holds while it waits for a batch */
  constructor(side: Connections) {
    this.#rows = new StockBatches(side)
    this.#batches = new OpenBatches(this.#rows, this.counts)
    this.#group = new GroupCommit((work) => side.transaction(work), {
      lanesMax: 1,
      run: (optionId, waiting, db) => takeBatch(db, optionId, waiting),
      committed: (optionId, waiting, taken) => this.#answer(optionId, waiting, taken),
      failed(waiting, error) {
        for (const { reject } of waiting) reject(error)
      },
    })
  }

  async take(_ctx: Ctx, db: Database, line: StockLine): Promise<boolean> {
    if (holdsRow(db, line.optionId)) return await takeConditionally(db, line)
    const grant = await this.grant(line)
    if (!grant) return false
    try {
      onEnd(db, grant.ended)
    } catch (error) {
      grant.ended('rolled-back')
      throw error
    }
    if (!(await claimSlot(db, grant))) throw new Problem('lock-contention')
    return true
  }

  /** Units that are off the stock and not claimed yet; undefined when there is not enough left. */
  async grant(line: StockLine): Promise<Grant | undefined> {
    try {
      const grant = await this.#enter(line, false)
      return typeof grant === 'object' ? grant : undefined
    } catch (error) {
      // A batch that may have been committed is never claimed.
      return notClaimed(error)
    }
  }

  async takeAlone(_ctx: Ctx, line: StockLine): Promise<boolean> {
    return (await this.#enter(line, true)) === true
  }

  #enter({ optionId, quantity }: StockLine, isAlone: boolean): Promise<Grant | boolean> {
    const { promise, resolve, reject } = Promise.withResolvers<Grant | boolean>()
    this.#group.enter(optionId, { quantity, isAlone, resolve, reject })
    return promise
  }

  #answer(optionId: string, waiting: readonly Waiting[], { batchId, served }: Taken): void {
    this.counts.flushes += 1
    this.counts.merged += waiting.length
    const batch = { id: batchId ?? 0, optionId, open: 0, isUnsure: false }
    for (const [index, { isAlone, quantity, resolve }] of waiting.entries()) {
      if (isAlone || !served[index]) resolve(served[index] === true)
      else resolve(this.#batches.grant(batch, index, quantity))
    }
  }

  /** With the caller's transaction or not at all: what is rare need not be merged. */
  giveBack(_ctx: Ctx, db: Database, { optionId, quantity }: StockLine): Promise<void> {
    return addUnits(db, optionId, quantity)
  }

  /** Ends what this process has of its own to end; without waiting for the sweeper. */
  settleOwn(): Promise<number> {
    return this.#batches.settle()
  }

  /** @param laterMs for tests: as if it were so much later */
  async settle(laterMs = 0): Promise<number> {
    const own = await this.settleOwn()
    const abandoned = await this.#rows.openSince(momentFromNow(laterMs - graceMs), sweepMax)
    const ended = await this.#batches.end(abandoned)
    return own + ended + (await this.#rows.prune(momentFromNow(laterMs - keptMs), sweepMax))
  }

  close(): Promise<void> {
    return this.#batches.close()
  }
}
