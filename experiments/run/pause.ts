import { setTimeout } from 'node:timers/promises'

/** Waits so long, or until the signal aborts. @param ms 0 or less does not wait */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await setTimeout(ms, undefined, { signal }).catch(() => {})
}
