import type { Ending } from '../../../db/connections.ts'
import { logError } from '../../../log.ts'
import type { BatchSlot, StockBatches } from './batches.ts'

/** What one process has merged, for the metrics. */
export interface CoalescedCounts {
  /** Statements that took for many, and how many waited for them. */
  flushes: number
  merged: number
  /** Units given back that no transaction had claimed. */
  returned: number
  /** Batches that are in the tables for good. */
  settled: number
}

/** Units taken from stock for one transaction: it claims them, then reports how it ended. */
export interface Grant extends BatchSlot {
  ended(ending: Ending): void
}

/** A batch as long as this process has slots of it under way. */
export interface OpenBatch {
  id: number
  optionId: string
  open: number
  /** Some slot's transaction may or may not have committed: only the sweeper can tell. */
  isUnsure: boolean
}

/** Batches whose slots have all ended wait so long for others to be settled with. */
const settleDelayMs = 50
const settleBatchMax = 200

/** What has to be done once slots have ended: units given back, batches settled. */
export class OpenBatches {
  readonly #rows: StockBatches
  readonly #counts: CoalescedCounts
  #returns: { batch: OpenBatch; slot: BatchSlot }[] = []
  #over: number[] = []
  #timer: ReturnType<typeof setTimeout> | undefined
  #isClosed = false
  #running: Promise<number> | undefined

  constructor(rows: StockBatches, counts: CoalescedCounts) {
    this.#rows = rows
    this.#counts = counts
  }

  grant(batch: OpenBatch, index: number, quantity: number): Grant {
    batch.open += 1
    const { id: batchId, optionId } = batch
    const slot = { batchId, slot: index, optionId, quantity }
    return { ...slot, ended: (ending) => this.#ended(batch, slot, ending) }
  }

  /** The last slot of a batch ends the batch, and what it does not keep goes back with that. */
  #ended(batch: OpenBatch, slot: BatchSlot, ending: Ending): void {
    batch.open -= 1
    if (ending === 'unknown') batch.isUnsure = true
    const isOver = batch.open === 0 && !batch.isUnsure
    if (isOver) this.#over.push(batch.id)
    else if (ending === 'rolled-back') this.#returns.push({ batch, slot })
    this.#schedule(ending === 'rolled-back' ? 0 : settleDelayMs)
  }

  #schedule(delayMs: number): void {
    if (this.#isClosed) return
    if (delayMs === 0) clearTimeout(this.#timer)
    else if (this.#timer) return
    this.#timer = setTimeout(() => void this.settle().catch(complain), delayMs)
  }

  /**
   * Does now what waits to be given back and settled, one caller at a time: the next waits for the
   * end of that and does the rest.
   * @returns how many batches and slots
   */
  async settle(): Promise<number> {
    while (this.#running) await this.#running.catch(() => {})
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#running = this.#work()
    try {
      return await this.#running
    } finally {
      this.#running = undefined
      if (this.#over.length > 0 || this.#returns.length > 0) this.#schedule(settleDelayMs)
    }
  }

  /** What fails here is left to the sweeper. */
  async #work(): Promise<number> {
    const [back, done] = [this.#returns, this.#over]
    this.#returns = []
    this.#over = []
    const merged = Map.groupBy(back, ({ batch }) => batch)
    for (const slots of merged.values()) {
      const [first] = slots
      if (!first) continue
      const quantity = slots.reduce((sum, { slot }) => sum + slot.quantity, 0)
      const isBack = await this.#rows.returnSlot({ ...first.slot, quantity })
      if (isBack) this.#counts.returned += quantity
    }
    for (let from = 0; from < done.length; from += settleBatchMax) {
      await this.end(done.slice(from, from + settleBatchMax))
    }
    return merged.size + done.length
  }

  /** Settles batches, of whatever process. @returns how many */
  async end(ids: readonly number[]): Promise<number> {
    const { batches, units } = await this.#rows.settle(ids)
    this.#counts.settled += batches
    this.#counts.returned += units
    return batches
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.settle().catch(complain)
  }
}

const complain = (error: unknown) => logError('coalesced stock', error)
