import type { Connections } from '../../../db/connections.ts'
import { Problem } from '../../../errors.ts'
import { GroupCommit } from '../../group-commit.ts'
import { type Taken, takeBatch, type WaitingTake } from './batches.ts'
import type { CoalescedCounts, Grant, OpenBatches } from './open-batches.ts'

interface Waiting extends WaitingTake {
  resolve(grant: Grant | boolean): void
  reject(error: unknown): void
}

/** Merges what this process takes of one option into one statement at a time. */
export class Coalescer {
  readonly #group: GroupCommit<Waiting, Taken>
  readonly #batches: OpenBatches
  readonly #counts: CoalescedCounts

  /** @param side connections that nothing holds while it waits for a batch */
  constructor(side: Connections, batches: OpenBatches, counts: CoalescedCounts) {
    this.#batches = batches
    this.#counts = counts
    this.#group = new GroupCommit(side, {
      lanesMax: 1,
      run: (optionId, waiting, db) => takeBatch(db, optionId, waiting),
      committed: (optionId, waiting, taken) => this.#answer(optionId, waiting, taken),
      failed(waiting, error) {
        for (const { reject } of waiting) reject(error)
      },
    })
  }

  /** @returns undefined when there is not enough left */
  async take(optionId: string, quantity: number): Promise<Grant | undefined> {
    try {
      const grant = await this.#enter(optionId, quantity, false)
      return typeof grant === 'object' ? grant : undefined
    } catch (error) {
      throw asNotTaken(error)
    }
  }

  /** Takes for good: there is nothing to claim, and nothing comes back. */
  async takeAlone(optionId: string, quantity: number): Promise<boolean> {
    return (await this.#enter(optionId, quantity, true)) === true
  }

  #enter(optionId: string, quantity: number, isAlone: boolean): Promise<Grant | boolean> {
    const { promise, resolve, reject } = Promise.withResolvers<Grant | boolean>()
    this.#group.enter(optionId, { quantity, isAlone, resolve, reject })
    return promise
  }

  #answer(optionId: string, waiting: readonly Waiting[], { batchId, served }: Taken): void {
    this.#counts.flushes += 1
    this.#counts.merged += waiting.length
    const batch = { id: batchId ?? 0, optionId, open: 0, isUnsure: false }
    for (const [index, { isAlone, quantity, resolve }] of waiting.entries()) {
      if (isAlone || !served[index]) resolve(served[index] === true)
      else resolve(this.#batches.grant(batch, index, quantity))
    }
  }
}

/** A batch that may have been committed is never claimed: for the caller nothing happened. */
function asNotTaken(error: unknown): unknown {
  const isUnknown = error instanceof Problem && error.code === 'commit-unknown'
  return isUnknown ? new Problem('database-unavailable', { cause: error }) : error
}
