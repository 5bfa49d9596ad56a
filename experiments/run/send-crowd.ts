import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Child, startChild } from '../../lab/processes/child.ts'
import type { Session } from '../../lab/processes/session.ts'
import { type DriveOptions, type DriveResult, drive, historyName } from './drive.ts'

/** Slack over the crowd's own time, after which its driver counts as hung. */
export const driverSlackMs = 40_000

/** A crowd, and the name of its driver's log. */
export type Crowd = Omit<DriveOptions, 'directory' | 'spawn'> & {
  name: string
  /** Called with the driver's process, and when its first journey will have started. */
  onStarted?: (pid: number, arrived: Promise<number | null>, historyPath: string) => void
  /** Stops the driver when it aborts. */
  signal?: AbortSignal | undefined
}

/**
 * Sends a crowd by a driver that ends with the session; one that hangs is stopped.
 * @throws Error when the driver left no whole account of the crowd
 */
export async function sendCrowd(
  session: Session,
  { name: crowd, onStarted, signal, ...options }: Crowd,
): Promise<DriveResult> {
  // One session may send crowds of the same name for several ends, as benchmarks do.
  const own = `${crowd}-${crypto.randomUUID().slice(0, 8)}`
  const directory = join(session.dataPath('crowds'), own)
  await mkdir(directory, { recursive: true })
  let child: Child | undefined
  const { pid, arrived, done } = await drive({
    ...options,
    directory,
    async spawn({ name, ...start }) {
      child = await startChild(session, { name: `${crowd}-${name}`, ...start })
      return child
    },
  })
  onStarted?.(pid, arrived, join(directory, historyName))
  const stop = () => void child?.stop()
  signal?.addEventListener('abort', stop, { once: true })
  if (signal?.aborted) stop()
  const timer = setTimeout(stop, options.durationSeconds * 1000 + driverSlackMs)
  try {
    return await done
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', stop)
  }
}
