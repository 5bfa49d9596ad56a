import { connect, createServer, type Server, type Socket } from 'node:net'
import type { ActiveFaults } from '../../chaos/active-faults.ts'
import { log } from '../log.ts'
import { openBuckets } from './buckets.ts'
import type { ProxyRoute } from './config.ts'
import { type Ending, startOneWay } from './one-way.ts'

/** The server has to take a connection by then. */
const connectMsMax = 5000
/** So soon at most is a connection closed whose fault is over. */
const lookMs = 50

/** A port that leads to a server. */
export interface OpenRoute {
  /** Connections that are open now. */
  connections(): number
  /** Closes the port and all its connections. */
  close(): Promise<void>
}

/**
 * Opens a loopback port that leads to a server, with the faults of the network on the way.
 * @throws Error where the port is taken
 */
export async function openRoute(
  { server, host, port, listenPort }: ProxyRoute,
  active: Pick<ActiveFaults, 'onBytes'>,
): Promise<OpenRoute> {
  const open = new Set<Socket>()
  const buckets = { requests: openBuckets(), answers: openBuckets() }

  function lead(client: Socket): void {
    const upstream = connect({ host, port, allowHalfOpen: true, noDelay: true })
    const late = setTimeout(() => upstream.destroy(new Error('no connection')), connectMsMax)
    upstream.once('connect', () => clearTimeout(late))
    client.setNoDelay(true)
    let looking: ReturnType<typeof setInterval> | undefined
    const onEnding = (ending: Ending, isOver: () => boolean) => {
      if (ending === 'reset') {
        upstream.destroy()
        client.resetAndDestroy()
        return
      }
      isKept = ending === 'half-close'
      if (isKept) upstream.destroy()
      looking ??= setInterval(() => {
        if (!isOver()) return
        client.destroy()
        upstream.destroy()
      }, lookMs)
    }
    /** The client's end outlives the server's. */
    let isKept = false
    const ends = [client, upstream] as const
    for (const [index, end] of ends.entries()) {
      open.add(end)
      // A reset of one end is the end of the other: there is nothing else to do about it.
      end.on('error', () => {})
      end.once('close', () => {
        open.delete(end)
        clearTimeout(late)
        const other = ends[1 - index]
        if (end === client || !isKept) other?.destroy()
        if (end === client) clearInterval(looking)
      })
    }
    const way = (direction: 'requests' | 'answers') => ({
      draw: () => active.onBytes({ server, direction }),
      buckets: buckets[direction],
      onEnding,
    })
    startOneWay({ from: client, to: upstream, ...way('requests') })
    startOneWay({ from: upstream, to: client, ...way('answers') })
  }

  const listener = createServer({ allowHalfOpen: true }, lead)
  await listening(listener, listenPort)
  listener.on('error', (error) => log(`proxy to ${server}: ${error.message}`))
  return {
    connections: () => Math.ceil(open.size / 2),
    async close() {
      const closed = new Promise<void>((resolve) => listener.close(() => resolve()))
      for (const end of open) end.destroy()
      await closed
    },
  }
}

async function listening(listener: Server, port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  listener.once('error', reject)
  listener.listen({ host: process.env.STAMPEDE_HOST || '127.0.0.1', port }, () => {
    listener.off('error', reject)
    resolve()
  })
  await promise
}
