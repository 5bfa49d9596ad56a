import { askChaos, type ChaosAccess } from './ask-chaos.ts'
import { holdLease } from './fault-lease.ts'
import { pause } from './pause.ts'
import type { Block, Plan } from './result.ts'

export interface FaultState {
  name: string
  active: boolean
  injected: number
}

export async function listFaults(chaos: ChaosAccess): Promise<FaultState[]> {
  return ((await askChaos(chaos, 'GET', 'faults')) as { faults: FaultState[] }).faults
}

export const resetFaults = (chaos: ChaosAccess) => askChaos(chaos, 'POST', 'reset')

/** How often a fault has acted since the arm began. */
export const injectedOf = async (chaos: ChaosAccess, name: string): Promise<number> =>
  (await listFaults(chaos)).find((fault) => fault.name === name)?.injected ?? 0

type Window = Block['faults'][number]

/**
 * Plays the planned faults against a running arm: each is switched on at its time with a time to
 * live, and a lease, so that it ends even if this process does.
 * @param run id of the run, who holds the lease
 * @param arrived epoch ms of the crowd's first arrival; null when none came, and no fault is played
 * @returns the windows as they were, once the last is over or the signal aborts
 * @throws ChaosRefused; another Error where the shop does not answer
 */
export async function playFaults(
  chaos: ChaosAccess,
  run: string,
  faults: Plan['faults'],
  arrived: Promise<number | null>,
  signal: AbortSignal,
): Promise<Window[]> {
  if (faults.length === 0) return []
  const startMs = await arrived
  if (startMs === null || signal.aborted) return []
  const lease = await holdLease(chaos, run)
  // The first that fails ends the others.
  const failed = new AbortController()
  const over = AbortSignal.any([signal, failed.signal])
  const windows = faults.map((fault) =>
    playFault(chaos, fault, lease.settings, startMs, over).catch((error) => {
      failed.abort()
      throw error
    }),
  )
  try {
    await Promise.allSettled(windows)
    return (await Promise.all(windows)).flat()
  } finally {
    await lease.release()
  }
}

/** @returns its window; none where the signal aborts before it */
async function playFault(
  chaos: ChaosAccess,
  { name, settings, fromSeconds, toSeconds }: Plan['faults'][number],
  lease: object,
  startMs: number,
  signal: AbortSignal,
): Promise<Window[]> {
  await pause(startMs + fromSeconds * 1000 - Date.now(), signal)
  if (signal.aborted) return []
  const ttlSeconds = toSeconds - fromSeconds
  const before = await injectedOf(chaos, name)
  await askChaos(chaos, 'PUT', `faults/${name}`, { ...(settings as object), ttlSeconds, ...lease })
  const onMs = Date.now()
  await pause(onMs + ttlSeconds * 1000 - Date.now(), signal)
  const injected = (await injectedOf(chaos, name)) - before
  const endMs = Math.min(onMs + ttlSeconds * 1000, signal.aborted ? Date.now() : Infinity)
  return [{ name, settings, startMs: onMs, endMs, injected }]
}
