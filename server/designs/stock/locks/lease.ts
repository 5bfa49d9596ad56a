import type { Observer, StockEvent } from '../../../ctx.ts'
import { Problem } from '../../../errors.ts'

/**
 * Longer than the longest transaction (an answer within 8 s, its last statement within 10 s). An
 * item whose holder died is locked for so long.
 */
export const leaseMs = 20_000
/** Well below the 8 s in which a request is answered. */
const waitMsMax = 6000

/** Which lock, and whose. */
export interface LeaseKey {
  optionId: string
  /** Proves who holds the lock: only its holder releases it. */
  token: string
}

/** A lock on one item. */
export interface Lease extends LeaseKey {
  /** Above that of every holder before it whose work is in the row. */
  fence: number
}

/** Where the locks are kept. */
export interface Locks {
  /**
   * Tries once to take a lock, for `leaseMs`.
   * @returns the fence of the lease, undefined while another has the lock
   * @throws Error where the servers do not say which: the lock may be set, and is to be released
   */
  attempt(key: LeaseKey): Promise<number | undefined>
  /**
   * A new fence above one that the database has seen.
   * @returns undefined where the lock may have had another holder since the lease began
   * @throws Problem `stock-unavailable`
   */
  raise(lease: Lease, above: number): Promise<number | undefined>
  /** Releases a lock that has this token, and never fails: the lease runs out anyway. */
  release(key: LeaseKey): Promise<void>
}

/** A place in the line for one lock. */
export interface Place {
  /** Resolves when it may be worth trying again. */
  wait(): Promise<void>
  leave(): void
}

/** How one waits; the place is taken before the first try, so that no release is missed. */
export type LineUp = (optionId: string) => Promise<Place>

/** Everything that one option needs for its locks. */
export interface Locking {
  locks: Locks
  observer: Observer
  /** Name of the option, for what is counted. */
  name: string
  lineUp: LineUp
}

/**
 * Waits for the lock on an item and takes it.
 * @throws Problem `lock-contention` after 6 s, `stock-unavailable` where Redis gives no answer
 */
export async function acquire(locking: Locking, optionId: string): Promise<Lease> {
  const { observer, name, lineUp } = locking
  const token = crypto.randomUUID()
  const startedMs = performance.now()
  const waitedMs = () => performance.now() - startedMs
  const count = (event: StockEvent) => observer.contended(name, event, waitedMs())
  const place = await lineUp(optionId)
  try {
    for (;;) {
      const fence = await attempt(locking, { optionId, token })
      if (fence !== undefined) {
        count('lock-had')
        return { optionId, token, fence }
      }
      if (waitedMs() > waitMsMax) {
        count('lock-given-up')
        throw new Problem('lock-contention')
      }
      count('lock-waited')
      await place.wait()
    }
  } finally {
    place.leave()
  }
}

async function attempt(
  { locks, observer, name }: Locking,
  key: LeaseKey,
): Promise<number | undefined> {
  try {
    return await locks.attempt(key)
  } catch (cause) {
    // The answer may be what was lost, and not the lock.
    void locks.release(key)
    // Of the database, which the fence may come from.
    if (cause instanceof Problem) throw cause
    observer.contended(name, 'lock-unavailable', 0)
    throw new Problem('stock-unavailable', { cause })
  }
}
