import { withDeadline } from '../deadline.ts'
import type { FlagsHealth } from '../designs/flags/design-flags.ts'
import { logError } from '../log.ts'

export interface Loop {
  name: string
  /** Ends the pause in hand; during a turn, sees to it that another follows at once. */
  wake(): void
  /** Lets the turn in hand finish, then ends. */
  stop(): Promise<void>
  /** Since a turn last ended, well or not; until the first does, since the start. */
  ageMs(): number
  /** True = the age is more than a pause and two turns take. */
  isLate(): boolean
}

/** A turn that has not ended by then is left to itself. */
const turnMsMaxDefault = 30_000

/**
 * Runs `turn` again and again; a turn that found work is followed by the next at once. One that
 * does not end in time is followed after the pause: what it waits for may never come.
 * @param idleMs pause after a turn without work, and after one that failed
 * @param turn answers whether there was work; two of them may run at once
 */
export function startLoop(
  name: string,
  idleMs: number,
  turn: () => Promise<boolean>,
  turnMsMax = turnMsMaxDefault,
): Loop {
  let stopping = false
  let idle = Promise.withResolvers<void>()
  let endedAtMs = performance.now()
  const ended = () => {
    endedAtMs = performance.now()
  }
  const ageMs = () => performance.now() - endedAtMs
  const run = async () => {
    while (!stopping) {
      // Reset before the turn: what comes while it runs may be too late for it.
      idle = Promise.withResolvers<void>()
      const work = withDeadline(turn().finally(ended), turnMsMax, () => {
        throw new Error(`a turn has not ended after ${turnMsMax} ms, the next begins`)
      })
      const hadWork = await work.catch((error: unknown) => {
        logError(name, error)
        return false
      })
      if (!hadWork && !stopping) await pause(idleMs, idle.promise)
    }
  }
  const over = run()
  return {
    name,
    wake: () => idle.resolve(),
    async stop() {
      stopping = true
      idle.resolve()
      await over
    },
    ageMs,
    isLate: () => ageMs() > idleMs + 2 * turnMsMax,
  }
}

/** Waits so long or until woken, and leaves no timer behind. */
async function pause(forMs: number, woken: Promise<void>): Promise<void> {
  const over = Promise.withResolvers<void>()
  const timer = setTimeout(over.resolve, forMs)
  await Promise.race([over.promise, woken])
  clearTimeout(timer)
}

/** What `GET /healthz` of the worker answers: 503 as soon as a loop has stopped turning. */
export function healthOf(loops: readonly Loop[], flags: FlagsHealth): Response {
  const late = loops.filter((loop) => loop.isLate()).map(({ name }) => name)
  const ages = loops.map((loop) => [loop.name, Math.round(loop.ageMs()) / 1000] as const)
  const lastTurnSecondsAgo = Object.fromEntries(ages)
  const status = late.length === 0 ? 'ok' : 'late'
  return Response.json(
    { status, late, lastTurnSecondsAgo, designFlags: { ...flags, ageMs: Math.round(flags.ageMs) } },
    { status: status === 'ok' ? 200 : 503 },
  )
}
