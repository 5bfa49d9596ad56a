import { type Child, logTail, settle, startChild } from '../processes/child.ts'
import type { Session } from '../processes/session.ts'
import { UserError } from '../user-error.ts'

const attemptsMax = 3
const pollMs = 25

/** A loopback port that was free a moment ago: another process may bind it first. */
export async function freePort(): Promise<number> {
  const listener = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
  const { port } = listener
  listener.stop(true)
  return port
}

export interface PortServer<Ready> {
  /** Unique within the session: names the log file. */
  name: string
  command(port: number): string[]
  environment(port: number): Record<string, string | undefined>
  /** What stands before its address, with name and password if any; http:// unless given. */
  scheme?: string
  /** Asks the server at its address; any answer other than null means that it is ready. */
  ask(url: string): Promise<Ready | null>
  readyMsMax: number
}

/** A server that runs. */
export interface StartedServer<Ready> {
  url: string
  child: Child
  ready: Ready
  /** Starts it on the same port once it has ended. */
  again(): Promise<StartedServer<Ready>>
}

/**
 * Starts a server on a free loopback port, on another one if that was taken meanwhile.
 * @throws UserError with the end of its log if it ends, or is not ready in time
 */
export async function startOnFreePort<Ready>(
  session: Session,
  server: PortServer<Ready>,
): Promise<StartedServer<Ready>> {
  for (let attempt = 1; ; attempt++) {
    try {
      const started = await startOnPort(session, server, await freePort())
      session.servers.push(started)
      return started
    } catch (error) {
      const log = await logTail(session.logPath(server.name))
      if (attempt === attemptsMax || !/address already in use/i.test(log)) throw error
    }
  }
}

async function startOnPort<Ready>(
  session: Session,
  server: PortServer<Ready>,
  port: number,
): Promise<StartedServer<Ready>> {
  const url = `${server.scheme ?? 'http://'}127.0.0.1:${port}`
  const child = await startChild(session, {
    name: server.name,
    command: server.command(port),
    environment: server.environment(port),
  })
  let last: unknown
  try {
    const answered = firstAnswer(
      () => server.ask(url),
      child,
      (error) => {
        last = error
      },
    )
    const ready = await settle(answered, child, server.readyMsMax)
    return { url, child, ready, again: () => startOnPort(session, server, port) }
  } catch (error) {
    // A server that runs and is not reached has no line of that in its own log.
    if (last === undefined || !(error instanceof UserError)) throw error
    throw new UserError(`${error.message}\n  asked at 127.0.0.1:${port}: ${String(last)}`)
  }
}

async function firstAnswer<Ready>(
  ask: () => Promise<Ready | null>,
  child: Child,
  refused: (error: unknown) => void,
): Promise<Ready> {
  let isRunning = true
  void child.exited.then(() => {
    isRunning = false
  })
  while (isRunning) {
    const answer = await ask().catch((error: unknown) => {
      refused(error)
      return null
    })
    if (answer !== null) return answer
    await Bun.sleep(pollMs)
  }
  throw new UserError(`${child.name} ended`)
}
