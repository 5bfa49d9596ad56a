import { z } from 'zod'
import { parseJson } from '../parse-json.ts'
import { type Range, rangeCountMax, sizeOf } from '../tickets/ranges.ts'
import { createStep } from '../tickets/step.ts'
import { type BufferCounts, TicketBuffer } from './ticket-buffer.ts'
import { TicketsInOrder } from './tickets-in-order.ts'

/** No id came within the deadline; nothing was consumed. The next call tries again. */
export class IdsUnavailable extends Error {
  override name = 'IdsUnavailable'
}

/** The ticket server leases no more ids of the sequence: another source has it. */
export class TicketsRetired extends Error {
  override name = 'TicketsRetired'
}

export interface TicketClientOptions {
  /** Base URL of the ticket server. */
  url: string
  /** Ids fetched at a time, at first and at least; and at most, when they are used up fast. */
  rangeSize?: number
  rangeSizeMax?: number
  /** Share of the last range below which the next range is fetched in the background. */
  refillBelow?: number
  /** Longest that one request, and one wait for buffered ids, may take. */
  timeoutMs?: number
  /** How requests are sent; tests pass their own. */
  send?: (url: string, init: RequestInit) => Promise<Response>
}

export interface TicketClient {
  /** One id: at once when buffered, else once the refill in flight is back. */
  next(sequence: string): string | Promise<string>
  /** `count` ids (1 to 100,000), rising, not always contiguous. @throws RangeError */
  take(sequence: string, count: number): string[] | Promise<string[]>
  /**
   * The same, larger than every id that anybody had from the server before the call: never out of
   * the buffer, and at most two requests long.
   */
  takeInOrder(sequence: string, count: number): Promise<string[]>
  /**
   * From now on no id below `first` is given: those in the buffer, and in that of the server, are
   * dropped. A sequence that comes back from another source goes on above what that one gave.
   */
  skipTo(sequence: string, first: number): void
  /** Ids that `next` can hand out without waiting. */
  buffered(sequence: string): number
  stats(): BufferCounts
}

const decimal = z
  .string()
  .regex(/^\d{1,16}$/)
  .transform(Number)
const rangeReply = z.object({ first: decimal, last: decimal })

/** A range is to last so long: then a fifth of it outlasts the request for the next. */
const rangeLastsMs = 100

/**
 * Ids from the ticket server, strictly rising per sequence within this client; one refill in flight
 * per sequence. While the server is down the buffer is handed out, then `IdsUnavailable` is thrown.
 */
export function createTicketClient(options: TicketClientOptions): TicketClient {
  const { rangeSize = 1000, rangeSizeMax = rangeCountMax, refillBelow = 0.2 } = options
  const { timeoutMs = 1000, send = fetch } = options
  const endpoint = new URL('/v1/ranges', options.url).href
  const counts: BufferCounts = { refills: 0, refillErrors: 0, waits: 0 }
  const firsts = new Map<string, number>()

  async function request(sequence: string, count: number): Promise<Range> {
    const above = (firsts.get(sequence) ?? 1) - 1
    const response = await send(endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(above === 0 ? { sequence, count } : { sequence, count, above }),
      signal: AbortSignal.timeout(timeoutMs),
    })
    const text = await response.text()
    if (response.status === 409 && codeIn(text) === 'sequence-retired')
      throw new TicketsRetired(text)
    if (response.status !== 200) throw new Error(`status ${response.status}: ${text.slice(0, 200)}`)
    const range = rangeReply.parse(JSON.parse(text))
    if (sizeOf(range) !== count || range.last > Number.MAX_SAFE_INTEGER) {
      throw new Error(`asked for ${count} ids, got ${range.first} to ${range.last}`)
    }
    if (range.first <= above) throw new Error(`asked for ids above ${above}, got ${range.first}`)
    return range
  }

  const perSequence = (sequence: string) => ({
    counts,
    request: (count: number) => request(sequence, count),
    unavailable: (cause: unknown) => new IdsUnavailable(`no ids for ${sequence}`, { cause }),
  })
  const bufferOf = kept(
    (sequence) =>
      new TicketBuffer({
        ...perSequence(sequence),
        step: createStep({ least: rangeSize, most: rangeSizeMax, lastsMs: rangeLastsMs }),
        refillBelow,
        requestMax: rangeCountMax,
        timeoutMs,
      }),
  )
  const inOrderOf = kept((sequence) => new TicketsInOrder(perSequence(sequence)))

  return {
    next(sequence) {
      const id = bufferOf(sequence).next()
      return typeof id === 'number' ? String(id) : id.then(String)
    },
    take(sequence, count) {
      const taken = bufferOf(sequence).take(count)
      return Array.isArray(taken) ? idsIn(taken) : taken.then(idsIn)
    },
    takeInOrder: (sequence, count) =>
      inOrderOf(sequence)
        .take(count)
        .then((range) => idsIn([range])),
    skipTo(sequence, first) {
      if (first <= (firsts.get(sequence) ?? 1)) return
      firsts.set(sequence, first)
      bufferOf(sequence).skipTo(first)
    },
    buffered: (sequence) => bufferOf(sequence).buffered(),
    stats: () => ({ ...counts }),
  }
}

const codeIn = (text: string) => (parseJson(text) as { code?: unknown } | undefined)?.code

const idsIn = (ranges: readonly Range[]): string[] =>
  ranges.flatMap((range) =>
    Array.from({ length: sizeOf(range) }, (_, index) => String(range.first + index)),
  )

/** What is made once for each name and kept. */
function kept<T>(make: (name: string) => T): (name: string) => T {
  const made = new Map<string, T>()
  return (name) => {
    const there = made.get(name)
    if (there !== undefined) return there
    const fresh = make(name)
    made.set(name, fresh)
    return fresh
  }
}
