/** Below the 5 s after which a test is cut, so that the message says what was missing. */
const deadlineMsDefault = 4000

export interface Barrier {
  /** Waits until all parties have arrived; those that come later pass at once. */
  arrive(): Promise<void>
}

/**
 * Makes a race certain: `parties` callers meet here before any of them goes on. A party that never
 * comes fails the test, by rejecting those that wait after `deadlineMs`, rather than hang it.
 */
export function barrier(parties: number, deadlineMs = deadlineMsDefault): Barrier {
  const open = Promise.withResolvers<void>()
  let arrived = 0
  return {
    async arrive() {
      arrived += 1
      if (arrived >= parties) return open.resolve()
      await within(open.promise, `${parties} at a barrier, ${arrived} came`, deadlineMs)
    },
  }
}

/** What `work` gives. Throws an Error naming `what` once `deadlineMs` have passed. */
export async function within<T>(
  work: Promise<T>,
  what: string,
  deadlineMs = deadlineMsDefault,
): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const deadline = new Promise<never>((_, reject) => {
    const late = () => reject(new Error(`waited ${deadlineMs} ms for ${what}`))
    timer = setTimeout(late, deadlineMs)
  })
  try {
    return await Promise.race([work, deadline])
  } finally {
    clearTimeout(timer)
  }
}

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
