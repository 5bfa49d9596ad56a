import { z } from 'zod'
import { createBuffer } from './buffer.ts'
import type { Range } from './ranges.ts'

/** No id could be had within the deadline; nothing was consumed. Asking again tries again. */
export class IdsUnavailable extends Error {
  override name = 'IdsUnavailable'
}

export interface TicketClientOptions {
  /** Base URL of the ticket server. */
  url: string
  /** Ids fetched at a time. */
  rangeSize?: number
  /** Share of `rangeSize` below which the next range is fetched in the background. */
  refillBelow?: number
  /** Longest that one refill, and one wait for ids, may take. */
  timeoutMs?: number
  /** How requests are sent; tests pass their own. */
  send?: (url: string, init: RequestInit) => Promise<Response>
}

export interface TicketClientStats {
  /** Ranges received. */
  refills: number
  refillErrors: number
  /** Calls that found the buffer short and had to wait. */
  waits: number
}

export interface TicketClient {
  /** One id: at once when buffered, else once the refill in flight is back. */
  next(sequence: string): string | Promise<string>
  /**
   * `count` ids (1 to 100,000), rising, not always contiguous. Throws `RangeError` on a bad count.
   */
  take(sequence: string, count: number): string[] | Promise<string[]>
  /** Ids that `next` can hand out without waiting. */
  buffered(sequence: string): number
  stats(): TicketClientStats
}

const decimal = z
  .string()
  .regex(/^\d{1,16}$/)
  .transform(Number)
const rangeReply = z.object({ first: decimal, last: decimal })

/**
 * Ids from the ticket server, strictly rising per sequence within this client; one refill in flight
 * per sequence. While the server is down the buffer is handed out, then `IdsUnavailable` is thrown.
 */
export function createTicketClient(options: TicketClientOptions): TicketClient {
  const { rangeSize = 1000, refillBelow = 0.2, timeoutMs = 1000, send = fetch } = options
  const endpoint = new URL('/v1/ranges', options.url).href
  const stats: TicketClientStats = { refills: 0, refillErrors: 0, waits: 0 }
  const buffers = new Map<string, ReturnType<typeof createBuffer>>()

  async function request(sequence: string, count: number): Promise<Range> {
    const response = await send(endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ sequence, count }),
      signal: AbortSignal.timeout(timeoutMs),
    })
    const text = await response.text()
    if (response.status !== 200) throw new Error(`status ${response.status}: ${text.slice(0, 200)}`)
    const range = rangeReply.parse(JSON.parse(text))
    if (range.last - range.first + 1 !== count || range.last > Number.MAX_SAFE_INTEGER) {
      throw new Error(`asked for ${count} ids, got ${range.first} to ${range.last}`)
    }
    return range
  }

  function bufferOf(sequence: string) {
    const known = buffers.get(sequence)
    if (known) return known
    const buffer = createBuffer({
      rangeSize,
      refillBelow,
      timeoutMs,
      stats,
      request: (count) => request(sequence, count),
      unavailable: (cause) => new IdsUnavailable(`no ids for ${sequence}`, { cause }),
    })
    buffers.set(sequence, buffer)
    return buffer
  }

  return {
    next: (sequence) => bufferOf(sequence).next(),
    take: (sequence, count) => bufferOf(sequence).take(count),
    buffered: (sequence) => buffers.get(sequence)?.buffered() ?? 0,
    stats: () => ({ ...stats }),
  }
}
