import { z } from 'zod'
import { parseJson } from './parse-json.ts'

/** A process of this project started by a test. */
export interface SpawnedProcess {
  url: string
  pid: number
  kill(signal: 'SIGTERM' | 'SIGKILL' | 'SIGINT'): void
  /** Exit code, null when a signal ended it. */
  exited: Promise<number | null>
  /** What it has logged, complete once it exited. */
  log: Promise<string>
}

/** Of a process that no test has ended: longer than any file of tests on a busy machine. */
const lifeMsMax = 600_000

const listening = z.strictObject({ listening: z.int().min(1) })

/** Where a process that died before it listened ended. */
export class NeverListened extends Error {
  override name = 'NeverListened'

  constructor(
    readonly exitCode: number | null,
    readonly log: string,
  ) {
    super(`exit ${exitCode}: ${log}`)
  }
}

/**
 * For tests: starts `bun <entry>` with only `env` and waits for its `{"listening":PORT}` line.
 * Throws `NeverListened` when it exits first. The caller kills it; it also ends after ten minutes.
 */
export async function spawnProcess(
  entry: string,
  env: Record<string, string>,
): Promise<SpawnedProcess> {
  const child = Bun.spawn([process.execPath, entry], {
    env,
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
    timeout: lifeMsMax,
    killSignal: 'SIGKILL',
  })
  const log = new Response(child.stderr).text()
  const exited = child.exited.then(() => child.exitCode)
  const line = await firstLine(child.stdout)
  const ready = listening.safeParse(parseJson(line))
  if (!ready.success) {
    child.kill('SIGKILL')
    throw new NeverListened(await exited, `${line}${await log}`)
  }
  const url = `http://127.0.0.1:${ready.data.listening}`
  return { url, pid: child.pid, kill: (signal) => child.kill(signal), exited, log }
}

async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of stream) {
    text += decoder.decode(chunk, { stream: true })
    if (text.includes('\n')) break
  }
  return text
}
