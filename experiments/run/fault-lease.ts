import { setTimeout } from 'node:timers/promises'
import { askChaos, type ChaosAccess, ChaosRefused } from './ask-chaos.ts'

/** Faults of a run that was killed go on for so long at most; a stall that is shorter ends none. */
export const leaseSeconds = 10
const renewMs = 1000

/** The lease that a run has on its faults, renewed until it is released. */
export interface FaultLease {
  /** Part of the settings of each fault; empty where the shop knows no leases. */
  readonly settings: { lease?: { holder: string; seconds: number } }
  /** Ends the faults that have it. */
  release(): Promise<void>
}

/**
 * Holds a lease, so that faults end with this process, however that ends. A shop of an older
 * version has no leases: there they end at their time.
 * @param holder 1 to 64 of A-Z a-z 0-9 _ . -, such as the id of a session
 * @throws Error where nothing is answered within 3 s
 */
export async function holdLease(chaos: ChaosAccess, holder: string): Promise<FaultLease> {
  const path = `leases/${holder}`
  // Of a holder that has no fault yet, this changes nothing.
  const isKnown = await askChaos(chaos, 'POST', path).then(hasNames, (error) => {
    if (error instanceof ChaosRefused) return false
    throw error
  })
  if (!isKnown) return { settings: {}, release: async () => {} }
  const released = new AbortController()
  const renewing = renew(chaos, path, released.signal)
  return {
    settings: { lease: { holder, seconds: leaseSeconds } },
    async release() {
      released.abort()
      await renewing
      // Without an answer it ends by itself.
      await askChaos(chaos, 'DELETE', path).catch(() => {})
    },
  }
}

async function renew(chaos: ChaosAccess, path: string, released: AbortSignal): Promise<void> {
  while (!released.aborted) {
    await setTimeout(renewMs, undefined, { signal: released, ref: false }).catch(() => {})
    // One that fails is made up for by the next.
    if (!released.aborted) await askChaos(chaos, 'POST', path).catch(() => {})
  }
}

/** Whether it is the answer of a board, and not of a shop that answers anything. */
const hasNames = (answer: unknown) => Array.isArray((answer as { faults?: unknown } | null)?.faults)
