import type { Connections, Ending } from '../../db/connections.ts'
import { Problem } from '../../errors.ts'
import { returnTicket, settleBatches, type Ticket, takeBatch, type Wanted } from './batches.ts'
import type { StockCounts } from './stock-counts.ts'

/** Units that are off the shelf, for one transaction: it claims them, then tells how it ended. */
export interface Grant extends Ticket {
  ended(ending: Ending): void
}

/** Merges what this process wants of one option into one statement at a time. */
export interface Coalescer {
  /** @returns undefined when there is not enough left */
  take(optionId: string, quantity: number): Promise<Grant | undefined>
  /** Takes for good: there is nothing to claim, and nothing comes back. */
  takeAlone(optionId: string, quantity: number): Promise<boolean>
  /** Does now what waits to be given back and settled. @returns how many batches and tickets */
  tend(): Promise<number>
  close(): Promise<void>
}

interface Waiting extends Wanted {
  resolve(grant: Grant | boolean): void
  reject(error: unknown): void
}

/** A batch as long as this process has tickets of it under way. */
interface OpenBatch {
  id: number
  optionId: string
  open: number
  /** Some ticket's transaction may or may not have committed: only the sweeper can tell. */
  isUnsure: boolean
}

/** Batches whose tickets have all ended wait so long for others to be settled with. */
const settleDelayMs = 50
const settleLot = 200

/**
 * Opens a coalescer over connections that nobody holds while waiting for it.
 * One statement at a time per option: whoever comes while it runs is in the next one.
 */
export function createCoalescer(side: Connections, counts: StockCounts): Coalescer {
  const queues = new Map<string, Waiting[]>()
  const ends = createEnds(side, counts)

  function enter(optionId: string, quantity: number, isAlone: boolean): Promise<Grant | boolean> {
    return new Promise((resolve, reject) => {
      const one = { quantity, isAlone, resolve, reject }
      const queue = queues.get(optionId)
      if (queue) return void queue.push(one)
      queues.set(optionId, [one])
      void flush(optionId)
    })
  }

  /** Whoever has come by the time that the transaction is open is in it; tried again, no other. */
  async function flush(optionId: string): Promise<void> {
    while (queues.get(optionId)?.length) {
      let lot: Waiting[] | undefined
      const next = () => {
        const waiting = queues.get(optionId) ?? []
        queues.set(optionId, [])
        return waiting
      }
      try {
        const { batchId, served } = await side.transaction((db) => {
          lot ??= next()
          return takeBatch(db, optionId, lot)
        })
        answer(optionId, lot ?? [], batchId, served)
      } catch (error) {
        for (const { reject } of lot ?? next()) reject(error)
      }
    }
    queues.delete(optionId)
  }

  function answer(
    optionId: string,
    lot: readonly Waiting[],
    batchId: number | undefined,
    served: readonly boolean[],
  ): void {
    counts.flushes += 1
    counts.merged += lot.length
    const batch = { id: batchId ?? 0, optionId, open: 0, isUnsure: false }
    for (const [index, { isAlone, quantity, resolve }] of lot.entries()) {
      if (isAlone || !served[index]) resolve(served[index] === true)
      else resolve(ends.grant(batch, index, quantity))
    }
  }

  return {
    async take(optionId, quantity) {
      try {
        const grant = await enter(optionId, quantity, false)
        return typeof grant === 'object' ? grant : undefined
      } catch (error) {
        throw asNotTaken(error)
      }
    },
    takeAlone: (optionId, quantity) => enter(optionId, quantity, true) as Promise<boolean>,
    tend: ends.tend,
    close: ends.close,
  }
}

/** A batch that may have been committed is claimed by nobody: for the caller nothing happened. */
function asNotTaken(error: unknown): unknown {
  const isUnknown = error instanceof Problem && error.code === 'commit-unknown'
  return isUnknown ? new Problem('database-unavailable', { cause: error }) : error
}

/** What has to be done once tickets have ended: units given back, batches settled. */
function createEnds(side: Connections, counts: StockCounts) {
  let returns: { batch: OpenBatch; ticket: Ticket }[] = []
  let over: number[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  let isClosed = false
  let running: Promise<number> | undefined

  function grant(batch: OpenBatch, index: number, quantity: number): Grant {
    batch.open += 1
    const ticket = { batchId: batch.id, ticket: index, quantity }
    return { ...ticket, ended: (ending) => ended(batch, ticket, ending) }
  }

  /** The last ticket of a batch ends the batch, and what it does not keep goes back with that. */
  function ended(batch: OpenBatch, ticket: Ticket, ending: Ending): void {
    batch.open -= 1
    if (ending === 'unknown') batch.isUnsure = true
    const isOver = batch.open === 0 && !batch.isUnsure
    if (isOver) over.push(batch.id)
    else if (ending === 'rolled-back') returns.push({ batch, ticket })
    schedule(ending === 'rolled-back' ? 0 : settleDelayMs)
  }

  function schedule(delayMs: number): void {
    if (isClosed) return
    if (delayMs === 0) clearTimeout(timer)
    else if (timer) return
    timer = setTimeout(() => void tend().catch(complain), delayMs)
  }

  /** One at a time: who comes meanwhile waits for that one's end and does the rest. */
  async function tend(): Promise<number> {
    while (running) await running.catch(() => {})
    clearTimeout(timer)
    timer = undefined
    running = work()
    try {
      return await running
    } finally {
      running = undefined
      if (over.length > 0 || returns.length > 0) schedule(settleDelayMs)
    }
  }

  /** What fails here is left to the sweeper. */
  async function work(): Promise<number> {
    const [back, done] = [returns, over]
    returns = []
    over = []
    const merged = Map.groupBy(back, ({ batch }) => batch)
    for (const [{ optionId }, tickets] of merged) {
      const [first] = tickets
      if (!first) continue
      const quantity = tickets.reduce((sum, { ticket }) => sum + ticket.quantity, 0)
      const isBack = await returnTicket(side, optionId, { ...first.ticket, quantity })
      if (isBack) counts.returned += quantity
    }
    for (let from = 0; from < done.length; from += settleLot) {
      const { batches, units } = await settleBatches(side, done.slice(from, from + settleLot))
      counts.settled += batches
      counts.returned += units
    }
    return merged.size + done.length
  }

  return {
    grant,
    tend,
    async close() {
      isClosed = true
      await tend().catch(complain)
    },
  }
}

const complain = (error: unknown) => console.error('coalesced stock:', error)
