import { withDeadline } from '../deadline.ts'

/** Below the 5 s after which a test is cut, so that the message says what was missing. */
const deadlineMsDefault = 4000

/**
 * Makes a race certain: `participants` callers meet here before any of them goes on. One that
 * never comes fails the test, by rejecting those that wait after `deadlineMs`.
 */
export function barrier(participants: number, deadlineMs = deadlineMsDefault) {
  const open = Promise.withResolvers<void>()
  let arrived = 0
  return {
    /** Waits until all participants have arrived; later ones pass at once. */
    async arrive() {
      arrived += 1
      if (arrived >= participants) return open.resolve()
      await within(open.promise, `${participants} at a barrier, ${arrived} came`, deadlineMs)
    },
  }
}

/** The result of `work`. Throws an Error naming `what` once `deadlineMs` have passed. */
export const within = <T>(work: Promise<T>, what: string, deadlineMs = deadlineMsDefault) =>
  withDeadline(work, deadlineMs, (): never => {
    throw new Error(`waited ${deadlineMs} ms for ${what}`)
  })

/** Asks until the answer is not undefined or false, and gives it. Throws after `deadlineMs`. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined | false>,
  { deadlineMs = deadlineMsDefault, pollMs = 10 } = {},
): Promise<T> {
  const endsAtMs = performance.now() + deadlineMs
  while (performance.now() < endsAtMs) {
    const answer = await ask()
    if (answer !== undefined && answer !== false) return answer
    await Bun.sleep(pollMs)
  }
  throw new Error(`waited ${deadlineMs} ms until ${what}`)
}
