import { logTail } from '../../lab/processes/child.ts'
import type { Restartable, Session } from '../../lab/processes/session.ts'

/** One that ends so often without living as long as this in between is given up. */
const endsMax = 5
const longLifeMs = 30_000
const pauseMs = 1000

/**
 * Starts a server again, at the same address and with the same data, whenever it ends by itself,
 * until the session closes or the server does not stay up. Each end is printed, with its log.
 */
export async function keepRunning(
  session: Session,
  first: Restartable,
  print: (line: string) => void = console.error,
): Promise<void> {
  const { name, logPath } = first.child
  let server = first
  for (let ends = 1; ends <= endsMax; ends += 1) {
    const sinceMs = performance.now()
    const code = await server.child.exited
    if (session.signal.aborted) return
    if (performance.now() - sinceMs > longLifeMs) ends = 1
    print(`stampede: ${name} ${endOf(code)}; starting it again\n${await logTail(logPath)}`)
    const next = await startedAgain(session, server, print)
    if (session.signal.aborted) return
    if (next === null) break
    server = next
  }
  print(`stampede: ${name} does not stay up, and the rest goes on without it (${logPath})`)
  print('  ./stampede down ends all, and ./stampede up starts it all again')
}

/** @returns null where it cannot be started */
async function startedAgain(
  session: Session,
  { child, again }: Restartable,
  print: (line: string) => void,
): Promise<Restartable | null> {
  for (let tries = 1; ; tries += 1) {
    try {
      const server = await again()
      print(`stampede: ${child.name} runs again`)
      return server
    } catch (error) {
      if (session.signal.aborted) return null
      // What it needs may have ended too, and be on its way back.
      print(`stampede: ${error instanceof Error ? error.message : String(error)}`)
      if (tries === endsMax) return null
      await Bun.sleep(pauseMs * tries)
    }
  }
}

const endOf = (code: number) =>
  code > 128 ? `was ended by signal ${code - 128}` : `ended by itself with code ${code}`
