import type { Session } from '../../lab/processes/session.ts'
import { keepRunning } from './keep-running.ts'

/** Waits until the session is stopped from outside, and keeps all its servers running. */
export async function stayUntilStopped(session: Session): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  session.signal.addEventListener('abort', () => resolve(), { once: true })
  for (const server of session.servers) void keepRunning(session, server)
  // A promise alone holds no process open.
  const holding = setInterval(() => {}, 60_000)
  await promise
  clearInterval(holding)
}
