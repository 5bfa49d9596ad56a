import { closeSync, openSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { withDeadline } from '../../server/deadline.ts'
import { ifAbsent } from '../if-absent.ts'
import { UserError } from '../user-error.ts'
import { childEnvironment } from './environment.ts'
import { readLines } from './run.ts'
import { sendSignal } from './send-signal.ts'
import type { Restartable, Session, Stoppable } from './session.ts'

export interface ChildOptions {
  /** Unique within the session: names the log file. */
  name: string
  /** Argument vector, no shell. */
  command: string[]
  /** Added to what every child gets; `undefined` takes a variable away. */
  environment?: Record<string, string | undefined>
  /** Working directory; the session's folder if not given. */
  folder?: string
  /** Called with every line of standard output. Without it, that goes to the log as well. */
  onLine?: (line: string) => void
  /** Standard output and error go where ours go instead of to the log. */
  inherit?: boolean
}

export interface Child extends Stoppable {
  readonly pid: number
  readonly logPath: string
  /** Settles with the exit code (128 + signal number when a signal ended it); never rejects. */
  readonly exited: Promise<number>
  /** Once it has exited: processor time in microseconds. */
  resourceUsage(): { cpuTime: { total: number | bigint } } | undefined
  /** SIGTERM, up to 10 s of patience, then SIGKILL to the whole process group. */
  stop(): Promise<void>
  /** SIGKILL to the whole process group, at once. */
  kill9(): Promise<void>
}

export interface ServerChild extends Child {
  readonly port: number
  /** `http://127.0.0.1:<port>` */
  readonly url: string
  /** Starts it once more on the same port, after it has ended. */
  again(): Promise<ServerChild>
}

const stopMsMax = 10_000
const logTailLines = 15

/** Starts a child in a process group of its own that ends with the session. */
export async function startChild(session: Session, options: ChildOptions): Promise<Child> {
  if (session.signal.aborted) throw new UserError(`${options.name} not started: stopping`)
  const logPath = session.logPath(options.name)
  await mkdir(dirname(logPath), { recursive: true })
  const log = openSync(logPath, 'a')
  const output = options.inherit ? 'inherit' : log
  const child = Bun.spawn(session.recorded(options.name, options.command), {
    cwd: options.folder ?? session.folder,
    env: { ...childEnvironment(), ...options.environment },
    stdin: 'ignore',
    stdout: options.onLine ? 'pipe' : output,
    stderr: output,
    detached: true,
  })
  closeSync(log)
  // The stream exists whenever `pipe` was asked for; the type cannot know.
  if (options.onLine) void readLines(child.stdout as ReadableStream<Uint8Array>, options.onLine)
  // Not signalled after its end: its pid may belong to another process by then.
  let ended = false
  const signal = (name: 'SIGTERM' | 'SIGKILL') => {
    if (!ended) sendSignal(-child.pid, name)
  }
  const exited = child.exited.then(
    (code) => code,
    () => 1,
  )
  const part: Child = {
    name: options.name,
    pid: child.pid,
    logPath,
    exited,
    resourceUsage: () => child.resourceUsage(),
    stop: async () => {
      signal('SIGTERM')
      await withDeadline(exited, stopMsMax, () => signal('SIGKILL'))
      await exited
    },
    kill9: async () => {
      signal('SIGKILL')
      await exited
    },
  }
  void exited.then(() => {
    // Ends what the leader left running in its group.
    signal('SIGKILL')
    ended = true
    session.remove(part)
  })
  session.add(part)
  return part
}

type ServerChildOptions = Omit<ChildOptions, 'onLine'> & { deadlineMs?: number }

/**
 * Starts one of our own processes on a free port (`STAMPEDE_PORT`) and waits for its one line
 * `{"listening":<port>}`.
 * @param options.deadlineMs default 15 s
 * @throws UserError with the end of its log when it exits or stays silent
 */
export async function startServer(
  session: Session,
  options: ServerChildOptions,
): Promise<ServerChild> {
  const server = await startOnPort(session, options, 0)
  session.servers.push(restartable(server))
  return server
}

const restartable = (child: ServerChild): Restartable => ({
  child,
  again: async () => restartable(await child.again()),
})

/** @param wanted 0 = a free one */
async function startOnPort(
  session: Session,
  options: ServerChildOptions,
  wanted: number,
): Promise<ServerChild> {
  const { promise: listening, resolve } = Promise.withResolvers<number>()
  const child = await startChild(session, {
    ...options,
    environment: { ...options.environment, STAMPEDE_PORT: String(wanted) },
    onLine: (line) => {
      const port = listeningPort(line)
      if (port !== null) resolve(port)
    },
  })
  const deadlineMs = options.deadlineMs ?? 15_000
  const port = await settle(listening, child, deadlineMs)
  const again = () => startOnPort(session, options, port)
  return { ...child, port, url: `http://127.0.0.1:${port}`, again }
}

/**
 * Waits until every start has come to its end, so that an interrupted one leaves no process that
 * nothing awaits.
 * @throws what the first of those that failed threw
 */
export async function allStarted<Started>(starts: Promise<Started>[]): Promise<Started[]> {
  await Promise.allSettled(starts)
  return await Promise.all(starts)
}

/** Port in a `{"listening":8080}` line, or null if the line is something else. */
export function listeningPort(line: string): number | null {
  const match = /^\{"listening":(\d{1,5})\}$/.exec(line.trim())
  return match ? Number(match[1]) : null
}

/**
 * Waits for `ready` unless the child exits or the deadline passes first; then the child is stopped.
 * @throws UserError with the end of the child's log
 */
export async function settle<T>(ready: Promise<T>, child: Child, deadlineMs: number): Promise<T> {
  const gone = child.exited.then((code) => `ended with code ${code} before it was ready`)
  const first = Promise.race([ready.then((value) => ({ value })), gone])
  const outcome = await withDeadline(
    first,
    deadlineMs,
    () => `was not ready within ${deadlineMs / 1000} s`,
  )
  if (typeof outcome !== 'string') return outcome.value
  await child.kill9()
  throw new UserError(`${child.name} ${outcome}\n${await logTail(child.logPath)}`)
}

/** The last lines of a log, indented, with the file's name. */
export async function logTail(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch(ifAbsent(''))
  const lines = text.trimEnd().split('\n').slice(-logTailLines)
  return [...lines.map((line) => `    ${line}`), `    (${path})`].join('\n')
}
