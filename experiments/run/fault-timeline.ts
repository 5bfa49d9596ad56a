import type { Block, Plan } from './result.ts'

const answerMsMax = 3000

export interface ChaosAccess {
  url: string
  token: string
}

async function ask(
  chaos: ChaosAccess,
  method: string,
  path: string,
  body?: object,
): Promise<unknown> {
  const response = await fetch(`${chaos.url}/chaos/${path}`, {
    method,
    headers: { authorization: `Bearer ${chaos.token}`, 'content-type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
    signal: AbortSignal.timeout(answerMsMax),
  })
  const answer = (await response.json()) as { detail?: string }
  if (!response.ok) throw new Error(`chaos ${method} ${path}: ${answer.detail ?? response.status}`)
  return answer
}

export interface FaultState {
  name: string
  active: boolean
  injected: number
}

export async function listFaults(chaos: ChaosAccess): Promise<FaultState[]> {
  return ((await ask(chaos, 'GET', 'faults')) as { faults: FaultState[] }).faults
}

export const resetFaults = (chaos: ChaosAccess) => ask(chaos, 'POST', 'reset')

/** How often a fault has acted since the arm began. */
const injectedOf = async (chaos: ChaosAccess, name: string): Promise<number> =>
  (await listFaults(chaos)).find((fault) => fault.name === name)?.injected ?? 0

type Window = Block['faults'][number]

/**
 * Plays the planned faults against a running arm: each is switched on at its time with a time to
 * live, so that it ends even if this process does.
 * @param arrived epoch ms of the crowd's first arrival; null when none came, and no fault is played
 * @returns the windows as they were, once the last is over or the signal aborts
 */
export async function playFaults(
  chaos: ChaosAccess,
  faults: Plan['faults'],
  arrived: Promise<number | null>,
  signal: AbortSignal,
): Promise<Window[]> {
  if (faults.length === 0) return []
  const startMs = await arrived
  if (startMs === null) return []
  return await Promise.all(
    faults.map(async ({ name, settings, fromSeconds, toSeconds }) => {
      await sleepUntil(startMs + fromSeconds * 1000, signal)
      const ttlSeconds = toSeconds - fromSeconds
      const before = await injectedOf(chaos, name)
      await ask(chaos, 'PUT', `faults/${name}`, { ...(settings as object), ttlSeconds })
      const onMs = Date.now()
      await sleepUntil(onMs + ttlSeconds * 1000, signal)
      return {
        name,
        settings,
        startMs: onMs,
        endMs: onMs + ttlSeconds * 1000,
        injected: (await injectedOf(chaos, name)) - before,
      }
    }),
  )
}

async function sleepUntil(epochMs: number, signal: AbortSignal): Promise<void> {
  const leftMs = epochMs - Date.now()
  if (leftMs <= 0 || signal.aborted) return
  const { promise, resolve } = Promise.withResolvers<void>()
  signal.addEventListener('abort', () => resolve(), { once: true })
  await Promise.race([Bun.sleep(leftMs), promise])
}
