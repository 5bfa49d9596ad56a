import { sql } from 'drizzle-orm'
import type { Redis } from 'ioredis'
import type { Services } from '../../../ctx.ts'
import { type Lease, type LeaseKey, type Locks, leaseMs } from './lease.ts'

/** By how much the clocks of the servers may run apart, as Redis documents it. */
const driftMs = leaseMs * 0.01 + 2

/** `missing` = no answer in time, or an error: the server may have set the lock all the same. */
type Vote = 'had' | 'taken' | 'missing'

interface MajorityOptions {
  /** An odd number of servers that know nothing of each other. */
  servers: readonly Redis[]
  /** Reads the row beside the transaction that is open, whose snapshot may be older. */
  side: Services['side']
  /** Called for each server that gave no answer to an attempt. */
  onMissing(): void
  nowMs?: () => number
}

const releaseScript = `
  if redis.call('get', KEYS[1]) ~= ARGV[1] then return 0 end
  return redis.call('del', KEYS[1])`

/** The key of an item's lock, the same at every server. */
export const majorityKey = (optionId: string) => `stock-redlock:${optionId}`

/**
 * Locks at a majority of servers: the algorithm of Redis's page "Distributed Locks with Redis". A
 * token is set at all servers at once; the lock is had where a majority has set it, and its
 * validity (lease − time that passed − drift) is not over. Else it is released at all of them.
 *
 * The servers share no counter, so that the fence is the row's own, read once the lock is had, plus
 * one. Closes: a holder whose lease ran out before it looked finds a later fence in the row.
 */
export class MajorityLocks implements Locks {
  readonly #options: MajorityOptions
  readonly #nowMs: () => number

  constructor(options: MajorityOptions) {
    this.#options = options
    this.#nowMs = options.nowMs ?? (() => performance.now())
  }

  get #majority(): number {
    return Math.floor(this.#options.servers.length / 2) + 1
  }

  async attempt(key: LeaseKey): Promise<number | undefined> {
    const { servers } = this.#options
    const startedMs = this.#nowMs()
    const votes = await counted(
      servers.map((server) => this.#ask(server, key)),
      this.#majority,
    )
    const validMs = leaseMs - (this.#nowMs() - startedMs) - driftMs
    if (votes.had >= this.#majority && validMs > 0) return (await this.#fenceOf(key)) + 1
    const answered = servers.length - votes.missing
    if (answered < this.#majority) {
      throw new Error(`${answered} of ${servers.length} lock servers answered`)
    }
    void this.release(key)
    return undefined
  }

  /** The row has a later fence only where another holder has written since this lease began. */
  async raise(_lease: Lease, _above: number): Promise<undefined> {}

  async release({ optionId, token }: LeaseKey): Promise<void> {
    const releasing = this.#options.servers.map((server) =>
      server.eval(releaseScript, 1, majorityKey(optionId), token),
    )
    await Promise.allSettled(releasing)
  }

  async #ask(server: Redis, { optionId, token }: LeaseKey): Promise<Vote> {
    try {
      const set = await server.set(majorityKey(optionId), token, 'PX', leaseMs, 'NX')
      return set === 'OK' ? 'had' : 'taken'
    } catch {
      this.#options.onMissing()
      return 'missing'
    }
  }

  async #fenceOf({ optionId }: LeaseKey): Promise<number> {
    const [row] = await this.#options.side.rows<{ fence: string }>(sql`
      select stock_fence as fence from product_options where id = ${optionId}`)
    return Number(row?.fence ?? 0)
  }
}

/** Counts the votes: resolves once a majority is had, else once the last one is there. */
function counted(asked: Promise<Vote>[], majority: number): Promise<Record<Vote, number>> {
  const votes = { had: 0, taken: 0, missing: 0 }
  const { promise, resolve } = Promise.withResolvers<typeof votes>()
  let pending = asked.length
  if (pending === 0) resolve(votes)
  const count = (vote: Vote) => {
    votes[vote] += 1
    pending -= 1
    if (votes.had >= majority || pending === 0) resolve({ ...votes })
  }
  for (const vote of asked) void vote.then(count)
  return promise
}
