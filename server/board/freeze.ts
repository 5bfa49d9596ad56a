import { join } from 'node:path'
import { described } from '../log.ts'
import type { BoardAddress } from './thaw.ts'

/** More than the watch takes to start and to end by itself, seconds. */
const graceSeconds = 2

/**
 * Stops this process for a while. What lets it go on is started before: a script that waits for a
 * watch on the board (thaw.ts), bounds it, and continues the process whatever becomes of the watch.
 * Both end with this process.
 * @param key which switching-on of the fault it is
 * @param onStart runs once the script is running, just before the stop
 * @throws Error where the script cannot be started
 */
export async function freeze(
  address: BoardAddress,
  fault: { name: string; key: string },
  forMs: number,
  onStart: () => void,
): Promise<void> {
  const seconds = Math.ceil(forMs / 1000) + graceSeconds
  const watch = [process.execPath, join(import.meta.dir, 'thaw.ts')]
  const wanted = JSON.stringify({ ...address, ...fault, forMs })
  const script = ['/bin/sh', join(import.meta.dir, 'freeze.sh'), `${process.pid}`, `${seconds}`]
  const child = Bun.spawn([...script, ...watch], {
    // Its end is how the watch learns that this process has ended.
    stdin: 'pipe',
    stdout: 'ignore',
    stderr: 'ignore',
    env: { PATH: process.env.PATH ?? '/usr/bin:/bin', STAMPEDE_THAW: wanted },
  })
  onStart()
  // From here on this process may be stopped at any moment, until the script ends.
  const code = await child.exited
  if (code !== 0) throw new Error(`freezing ended with code ${described(code)}`)
}
