import { childEnvironment, fetchEnvironment } from './environment.ts'
import { sendSignal } from './send-signal.ts'
import type { Session, Stoppable } from './session.ts'

export interface Outcome {
  /** 127 when the program does not exist. */
  code: number
  out: string
  err: string
}

export interface RunOptions {
  environment?: Record<string, string>
  /** It fetches or builds: it also gets proxies and the settings of Go and apt. */
  fetches?: boolean
  folder?: string
  /** The program is killed after this; default 20 s. */
  timeoutMs?: number
  /** Called with every line of standard error as it comes. */
  onErrorLine?: (line: string) => void
  /** For longer runs: the program and its children end with the session. */
  session?: Session
}

/** Runs a short-lived program (no shell, English messages) to its end. Never throws. */
export async function run(command: string[], options: RunOptions = {}): Promise<Outcome> {
  const { session } = options
  if (session?.signal.aborted) return { code: 130, out: '', err: 'stopping' }
  const [name = ''] = command
  const inherited = options.fetches ? fetchEnvironment() : childEnvironment()
  try {
    const child = Bun.spawn(session?.recorded(name, command) ?? command, {
      env: { ...inherited, LC_ALL: 'C', ...options.environment },
      stdin: 'ignore',
      stdout: 'pipe',
      stderr: 'pipe',
      detached: session !== undefined,
      ...(options.folder ? { cwd: options.folder } : {}),
    })
    const kill = () => {
      if (child.exitCode === null) sendSignal(session ? -child.pid : child.pid, 'SIGKILL')
    }
    const timer = setTimeout(kill, options.timeoutMs ?? 20_000)
    const part: Stoppable = {
      name,
      stop: async () => {
        kill()
        await child.exited
      },
    }
    session?.add(part)
    const [out, err, code] = await Promise.all([
      child.stdout.text(),
      readLines(child.stderr, options.onErrorLine),
      child.exited,
    ])
    clearTimeout(timer)
    session?.remove(part)
    return { code, out, err }
  } catch (error) {
    return { code: 127, out: '', err: String(error) }
  }
}

/** The whole text of a stream; each line is handed on as soon as it is complete. */
export async function readLines(
  stream: ReadableStream<Uint8Array>,
  onLine: (line: string) => void = () => {},
): Promise<string> {
  const decoder = new TextDecoder()
  let all = ''
  let rest = ''
  for await (const chunk of stream) {
    const text = decoder.decode(chunk, { stream: true })
    all += text
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) onLine(line)
  }
  if (rest) onLine(rest)
  return all
}
