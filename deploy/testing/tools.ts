import { dirname } from 'node:path'
import { eventually } from '../../server/testing/barrier.ts'

/** PATH with the folder of a program before everything else. */
export const pathWith = (program: string) => `${dirname(program)}:${process.env.PATH ?? ''}`

const running: Bun.Subprocess[] = []

/** Starts a program that stays, for at most ten minutes; `stopPrograms` ends it. */
export function startProgram(command: string[], environment: Record<string, string> = {}): void {
  const child = Bun.spawn(command, {
    env: { PATH: process.env.PATH ?? '', ...environment },
    stdio: ['ignore', 'ignore', 'ignore'],
    timeout: 600_000,
    killSignal: 'SIGKILL',
  })
  running.push(child)
}

/** Ends every program that was started. */
export async function stopPrograms(): Promise<void> {
  for (const child of running.splice(0)) {
    child.kill('SIGKILL')
    await child.exited
  }
}

/** Asks an address over and over until the answer is accepted. @throws Error after 20 s */
export const untilAnswer = <T>(
  url: string,
  accept: (answer: Response) => Promise<T | false>,
): Promise<T> =>
  eventually(
    `${url} answers as expected`,
    async () => {
      const answer = await fetch(url, { signal: AbortSignal.timeout(2000) }).catch(() => null)
      return answer ? await accept(answer) : false
    },
    { deadlineMs: 20_000, pollMs: 50 },
  )
