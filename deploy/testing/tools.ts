import { dirname } from 'node:path'

/** PATH with the folder of a program before everything else. */
export const pathWith = (program: string) => `${dirname(program)}:${process.env.PATH ?? ''}`

export interface Started {
  stop(): Promise<void>
  /** Its standard error, complete once it was stopped. */
  log: Promise<string>
}

/** Starts a program that stays, for at most a minute; the caller stops it. */
export function startProgram(command: string[], environment: Record<string, string> = {}): Started {
  const child = Bun.spawn(command, {
    env: { PATH: process.env.PATH ?? '', ...environment },
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'pipe',
    timeout: 60_000,
    killSignal: 'SIGKILL',
  })
  const log = child.stderr.text()
  return {
    log,
    stop: async () => {
      child.kill('SIGKILL')
      await child.exited
    },
  }
}

/**
 * Asks an address over and over until the answer is accepted.
 * @throws Error after 20 s, with the last answer
 */
export async function untilAnswer<T>(
  url: string,
  accept: (answer: Response) => Promise<T | null>,
): Promise<T> {
  const endsAtMs = performance.now() + 20_000
  let last = 'nothing'
  while (performance.now() < endsAtMs) {
    const answer = await fetch(url, { signal: AbortSignal.timeout(2000) }).catch((error) => {
      last = String(error)
      return null
    })
    if (answer) {
      last = `${answer.status}`
      const accepted = await accept(answer)
      if (accepted !== null) return accepted
    }
    await Bun.sleep(50)
  }
  throw new Error(`${url} never answered as expected, last: ${last}`)
}
