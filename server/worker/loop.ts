export interface Loop {
  /** Ends the pause in hand; during a turn, sees to it that another follows at once. */
  wake(): void
  /** Lets the turn in hand finish, then ends. */
  stop(): Promise<void>
}

/**
 * Runs `turn` again and again; a turn that found work is followed by the next at once.
 * @param idleMs pause after a turn without work, and after one that failed
 * @param turn answers whether there was work
 */
export function startLoop(name: string, idleMs: number, turn: () => Promise<boolean>): Loop {
  let stopping = false
  let idle = Promise.withResolvers<void>()
  const run = async () => {
    while (!stopping) {
      // Reset before the turn: what comes while it runs may be too late for it.
      idle = Promise.withResolvers<void>()
      const hadWork = await turn().catch((error: unknown) => {
        console.error(`${name}:`, error instanceof Error ? error.message : error)
        return false
      })
      if (!hadWork && !stopping) await pause(idleMs, idle.promise)
    }
  }
  const ended = run()
  return {
    wake: () => idle.resolve(),
    async stop() {
      stopping = true
      idle.resolve()
      await ended
    },
  }
}

/** Waits so long or until woken, and leaves no timer behind. */
async function pause(forMs: number, woken: Promise<void>): Promise<void> {
  const over = Promise.withResolvers<void>()
  const timer = setTimeout(over.resolve, forMs)
  await Promise.race([over.promise, woken])
  clearTimeout(timer)
}
