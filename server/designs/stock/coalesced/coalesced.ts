import type { Ctx, Services } from '../../../ctx.ts'
import { type Connections, type Database, onEnd } from '../../../db/connections.ts'
import { Problem } from '../../../errors.ts'
import type { Readings } from '../../../metrics/register.ts'
import { counter } from '../../../metrics/table.ts'
import type { Lifecycle } from '../../option.ts'
import { takeConditionally } from '../conditional-update/conditional-update.ts'
import { grantMetrics } from '../grant-metrics.ts'
import { holdsRow } from '../held-rows.ts'
import { addUnits, type Stock, type StockLine, type StockOption } from '../stock.ts'
import { batchesSince, claimSlot, pruneBatches, settleBatches } from './batches.ts'
import { Coalescer } from './coalescer.ts'
import { type CoalescedCounts, OpenBatches } from './open-batches.ts'

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
  metrics,
  open: ({ side }: Services) => new CoalescedStock(side),
} satisfies StockOption

/** The stock of one process, with the batches that it has under way. */
export class CoalescedStock implements Stock, Lifecycle {
  readonly counts: CoalescedCounts = { flushes: 0, merged: 0, returned: 0, settled: 0 }
  readonly coalescer: Coalescer
  readonly #side: Connections
  readonly #batches: OpenBatches

  readonly readings: Readings<typeof metrics> = {
    stampede_stock_flushes_total: () => this.counts.flushes,
    stampede_stock_merged_takes_total: () => this.counts.merged,
    stampede_stock_units_returned_total: () => this.counts.returned,
    stampede_stock_grants_settled_total: () => this.counts.settled,
  }

  constructor(side: Connections) {
    this.#side = side
    this.#batches = new OpenBatches(side, this.counts)
    this.coalescer = new Coalescer(side, this.#batches, this.counts)
  }

  async take(_ctx: Ctx, db: Database, line: StockLine): Promise<boolean> {
    const { optionId, quantity } = line
    if (holdsRow(db, optionId)) return await takeConditionally(db, line)
    const grant = await this.coalescer.take(optionId, quantity)
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

  takeAlone(_ctx: Ctx, { optionId, quantity }: StockLine): Promise<boolean> {
    return this.coalescer.takeAlone(optionId, quantity)
  }

  /** With the caller's transaction or not at all: what is rare need not be merged. */
  giveBack(_ctx: Ctx, db: Database, { optionId, quantity }: StockLine): Promise<void> {
    return addUnits(db, optionId, quantity)
  }

  /** Ends what this process has of its own to end; without waiting for the sweeper. */
  settleOwn(): Promise<number> {
    return this.#batches.settle()
  }

  /** @param nowMs by which batches are old */
  async settle(nowMs = Date.now()): Promise<number> {
    const own = await this.settleOwn()
    const abandoned = await batchesSince(this.#side, new Date(nowMs - graceMs), sweepMax)
    const { batches, units } = await settleBatches(this.#side, abandoned)
    this.counts.settled += batches
    this.counts.returned += units
    return own + batches + (await pruneBatches(this.#side, new Date(nowMs - keptMs), sweepMax))
  }

  close(): Promise<void> {
    return this.#batches.close()
  }
}
