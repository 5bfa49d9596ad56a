import type { Redis } from 'ioredis'
import { type LineUp, type Place, releasedChannel } from './lease.ts'

/** A message that was lost, or a holder that died, costs a waiter this much at most. */
const pollMs = 250

/** Those of one process who wait, by option, in the order in which they came. */
interface Listening {
  lines: Map<string, Set<() => void>>
  /** Ends when messages come, or when there will be none. */
  isOpen: Promise<void>
}

const listenings = new WeakMap<Redis, Listening>()

/**
 * Waits for the message that a release sends. It wakes the first in the line of each process: all
 * at once would storm Redis for a lock that one of them gets.
 */
export const woken: LineUp = async ({ redis }, optionId) => {
  const listening = listenings.get(redis) ?? listen(redis)
  await listening.isOpen
  return takePlace(listening.lines, optionId)
}

/** One connection more per process, opened by its first waiter and closed with the other one. */
function listen(redis: Redis): Listening {
  const { keyPrefix = '' } = redis.options
  const subscriber = redis.duplicate({ keyPrefix: '' })
  const lines: Listening['lines'] = new Map()
  // That Redis is away is told by the connection that commands go over.
  subscriber.on('error', () => {})
  subscriber.on('message', (_channel: string, optionId: string) => {
    const [first] = lines.get(optionId) ?? []
    first?.()
  })
  const close = () => subscriber.disconnect()
  redis.once('end', close)
  const isOpen = subscriber.subscribe(`${keyPrefix}${releasedChannel}`).then(
    () => {},
    () => {
      // The next who comes tries again; those who are here poll.
      listenings.delete(redis)
      redis.off('end', close)
      close()
    },
  )
  const listening = { lines, isOpen }
  listenings.set(redis, listening)
  return listening
}

function takePlace(lines: Listening['lines'], optionId: string): Place {
  const line = lines.get(optionId) ?? new Set()
  lines.set(optionId, line)
  let called = Promise.withResolvers<void>()
  const call = () => called.resolve()
  line.add(call)
  return {
    async wait() {
      const timer = setTimeout(call, pollMs)
      await called.promise
      clearTimeout(timer)
      called = Promise.withResolvers()
    },
    leave() {
      line.delete(call)
      if (line.size === 0 && lines.get(optionId) === line) lines.delete(optionId)
    },
  }
}
