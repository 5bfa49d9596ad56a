import { withDeadline } from './deadline.ts'
import { Problem } from './errors.ts'

export interface ReadinessOptions {
  /** Asks the database, apart from the requests' own connections. */
  ask(): Promise<unknown>
  /** The longest wait for an answer. */
  waitMsMax?: number
  /** An answer that takes longer than this is none. */
  silentMsMax?: number
  nowMs?: () => number
}

/**
 * Whether the database answers. Slow is not away: a request would wait for it at every
 * replica, and taking them all out would refuse also those who need no database.
 * @returns settles when it is ready; one question is open at a time, however many ask
 * @throws Problem, its own or `database-unavailable`, when it is not
 */
export function createReadiness(options: ReadinessOptions): () => Promise<void> {
  const { ask, waitMsMax = 500, silentMsMax = 10_000, nowMs = () => performance.now() } = options
  let open: { answer: Promise<void>; sinceMs: number } | undefined
  let isAway = false

  async function question(): Promise<void> {
    try {
      await ask()
      isAway = false
    } catch (error) {
      isAway = true
      throw error
    } finally {
      open = undefined
    }
  }

  return async () => {
    open ??= { answer: question(), sinceMs: nowMs() }
    const { answer, sinceMs } = open
    await withDeadline(answer, waitMsMax, () => {
      if (isAway || nowMs() - sinceMs > silentMsMax) throw new Problem('database-unavailable')
    })
  }
}
