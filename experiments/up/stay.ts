import type { Child } from '../../lab/processes/child.ts'
import { logTail } from '../../lab/processes/child.ts'
import type { Session } from '../../lab/processes/session.ts'

/** Waits until the session is stopped from outside; reports children that end by themselves. */
export async function stayUntilStopped(session: Session, children: Child[]): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  session.signal.addEventListener('abort', () => resolve(), { once: true })
  for (const child of children) {
    void child.exited.then(async (code) => {
      if (session.signal.aborted) return
      const tail = await logTail(child.logPath)
      console.error(`${child.name} ended with code ${code}; the rest goes on\n${tail}`)
    })
  }
  // A promise alone holds no process open.
  const holding = setInterval(() => {}, 60_000)
  await promise
  clearInterval(holding)
}
