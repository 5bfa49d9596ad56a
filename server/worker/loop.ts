export interface Loop {
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
  const idle = Promise.withResolvers<void>()
  const run = async () => {
    while (!stopping) {
      const hadWork = await turn().catch((error: unknown) => {
        console.error(`${name}:`, error instanceof Error ? error.message : error)
        return false
      })
      if (!hadWork && !stopping) await Promise.race([Bun.sleep(idleMs), idle.promise])
    }
  }
  const ended = run()
  return {
    async stop() {
      stopping = true
      idle.resolve()
      await ended
    },
  }
}
