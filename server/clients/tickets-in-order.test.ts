import { describe, expect, test } from 'bun:test'
import { memoryMarks } from '../testing/memory-marks.ts'
import type { Range } from '../tickets/ranges.ts'
import { createTicketClient, IdsUnavailable } from './ticket-client.ts'
import { TicketsInOrder } from './tickets-in-order.ts'

/** A server whose answers the test holds back: `answer` lets the oldest request through. */
function heldServer() {
  const { lease } = memoryMarks()
  const held: { count: number; answer(): void; fail(): void }[] = []
  const counts = { refills: 0, refillErrors: 0, waits: 0 }
  const tickets = new TicketsInOrder({
    counts,
    unavailable: (cause) => new IdsUnavailable('no ids', { cause }),
    request(count) {
      const { promise, resolve, reject } = Promise.withResolvers<Range>()
      const fail = () => reject(new Error('refused'))
      held.push({ count, answer: () => resolve(lease('orders', count)), fail })
      return promise
    },
  })
  return { take: (count: number) => tickets.take(count), held, counts }
}

const settle = () => new Promise((resolve) => setImmediate(resolve))
const times = <T>(count: number, make: () => T) => Array.from({ length: count }, make)

describe('ids in order', () => {
  test('a hundred callers at once need one request, later ones the next', async () => {
    const { take, held, counts } = heldServer()
    const first = times(100, () => take(3))
    await settle()
    expect(held.map(({ count }) => count)).toEqual([300])
    const second = times(50, () => take(1))
    await settle()
    expect(held).toHaveLength(1)
    held[0]?.answer()
    const had = await Promise.all(first)
    expect(had.at(0)).toEqual({ first: 1, last: 3 })
    expect(had.at(-1)).toEqual({ first: 298, last: 300 })
    await settle()
    expect(held.map(({ count }) => count)).toEqual([300, 50])
    held[1]?.answer()
    expect((await Promise.all(second)).map(({ first: id }) => id)).toEqual(
      Array.from({ length: 50 }, (_, index) => 301 + index),
    )
    expect(counts).toEqual({ refills: 2, refillErrors: 0, waits: 150 })
  })

  test('who came while a request was under way is not served by it', async () => {
    const { take, held } = heldServer()
    const early = take(1)
    await settle()
    const late = take(1)
    held[0]?.answer()
    await early
    await settle()
    expect(held).toHaveLength(2)
    held[1]?.answer()
    expect(await late).toEqual({ first: 2, last: 2 })
  })

  test('a failed request fails its own callers, the next goes on', async () => {
    const { take, held, counts } = heldServer()
    const lost = take(1)
    await settle()
    const next = take(1)
    held[0]?.fail()
    await expect(lost).rejects.toBeInstanceOf(IdsUnavailable)
    await settle()
    held[1]?.answer()
    expect(await next).toEqual({ first: 1, last: 1 })
    expect(counts).toMatchObject({ refills: 1, refillErrors: 1 })
  })

  test('a request asks for 100,000 at most', async () => {
    const { take, held } = heldServer()
    const callers = times(3, () => take(40_000))
    await settle()
    held[0]?.answer()
    await settle()
    held[1]?.answer()
    await Promise.all(callers)
    expect(held.map(({ count }) => count)).toEqual([80_000, 40_000])
    expect(() => take(0)).toThrow(RangeError)
    expect(() => take(100_001)).toThrow(RangeError)
  })

  test('over HTTP: N callers, one request, as strings', async () => {
    let sent = 0
    const { lease } = memoryMarks(500)
    const send = async (_url: string, { body }: RequestInit) => {
      sent += 1
      const { sequence, count } = JSON.parse(String(body))
      const { first, last } = await lease(sequence, count)
      return Response.json({ first: String(first), last: String(last) })
    }
    const client = createTicketClient({ url: 'http://tickets', send })
    const lists = await Promise.all(times(64, () => client.takeInOrder('orders', 2)))
    expect(sent).toBe(1)
    expect(lists[0]).toEqual(['500', '501'])
    expect(new Set(lists.flat()).size).toBe(128)
    expect(client.buffered('orders')).toBe(0)
  })
})
