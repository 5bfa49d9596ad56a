import { join } from 'node:path'
import type { Engine } from '../../server/db/engine.ts'

/** What `hold-children.ts` printed, and the process that holds it. */
export interface Held {
  holder: Bun.Subprocess
  /** The session's folder. */
  folder: string
  pids: number[]
  ports: number[]
}

/**
 * Starts a parent process with a session and children, and waits until it has them.
 * @param options.prefix goes before its command line
 */
export async function hold(
  root: string,
  kind: 'commands' | 'servers',
  {
    environment = {},
    prefix = [],
    engine,
  }: { environment?: Record<string, string>; prefix?: string[]; engine?: Engine } = {},
): Promise<Held> {
  const script = join(import.meta.dir, 'hold-children.ts')
  const holder = Bun.spawn(
    [...prefix, process.execPath, script, root, kind, ...(engine ? [engine] : [])],
    {
      stdout: 'pipe',
      stderr: 'inherit',
      stdin: 'ignore',
      env: { ...process.env, ...environment },
    },
  )
  const { value } = await holder.stdout.getReader().read()
  return { holder, ...JSON.parse(new TextDecoder().decode(value)) }
}

/** True while something listens there on loopback. */
export async function portIsOpen(port: number): Promise<boolean> {
  try {
    const socket = await Bun.connect({ hostname: '127.0.0.1', port, socket: { data() {} } })
    socket.end()
    return true
  } catch {
    return false
  }
}
