import type { Redis } from 'ioredis'
import type { Place } from './lease.ts'
import { releasedChannel } from './one-redis.ts'

/** A message that was lost, or a holder that died, costs a waiter this much at most. */
const pollMs = 250

/**
 * Waits for the message that a release sends. It wakes the first in the line of each process: all
 * at once would storm Redis for a lock that one of them gets.
 */
export class ReleaseNotices {
  readonly #redis: Redis
  /** Waiters of this process by option, in the order in which they came. */
  readonly #lines = new Map<string, Set<() => void>>()
  #subscriber: Redis | undefined
  /** Ends when messages come, or when there will be none. */
  #isOpen: Promise<void> | undefined

  /** @param redis is duplicated for the first waiter: a connection that listens can do no more */
  constructor(redis: Redis) {
    this.#redis = redis
  }

  async lineUp(optionId: string): Promise<Place> {
    this.#isOpen ??= this.#listen()
    await this.#isOpen
    return this.#takePlace(optionId)
  }

  close(): void {
    this.#subscriber?.disconnect()
    this.#subscriber = undefined
    this.#isOpen = undefined
  }

  async #listen(): Promise<void> {
    const { keyPrefix = '' } = this.#redis.options
    const subscriber = this.#redis.duplicate({ keyPrefix: '' })
    this.#subscriber = subscriber
    // The connection that commands go over reports that Redis is unavailable.
    subscriber.on('error', () => {})
    subscriber.on('message', (_channel: string, optionId: string) => {
      const [first] = this.#lines.get(optionId) ?? []
      first?.()
    })
    // After a failure the next waiter tries again; those who are in line poll.
    await subscriber.subscribe(`${keyPrefix}${releasedChannel}`).then(undefined, () => this.close())
  }

  #takePlace(optionId: string): Place {
    const lines = this.#lines
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
}
