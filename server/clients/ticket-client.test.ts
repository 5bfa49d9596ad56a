import { afterAll, describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { memoryMarks } from '../testing/memory-marks.ts'
import { createTicketsApp } from '../tickets/app.ts'
import { Sequences } from '../tickets/sequences.ts'
import {
  createTicketClient,
  IdsUnavailable,
  type TicketClient,
  type TicketClientOptions,
} from './ticket-client.ts'

type Send = NonNullable<TicketClientOptions['send']>

const newServer = () => createTicketsApp(new Sequences({ lease: memoryMarks().lease }))
const serverSend = (): Send => {
  const app = newServer()
  return async (url, init) => app.request(url, init)
}
const newClient = (options: Partial<TicketClientOptions>) =>
  createTicketClient({
    url: 'http://tickets',
    rangeSize: 10,
    rangeSizeMax: 10,
    timeoutMs: 200,
    ...options,
  })

/** Lets everything that is already under way on this loop finish. */
const settle = () => new Promise((resolve) => setImmediate(resolve))

const ask = async (client: TicketClient) => {
  try {
    return await client.next('orders')
  } catch (error) {
    return error
  }
}

const rejections: unknown[] = []
const onRejection = (error: unknown) => rejections.push(error)
process.on('unhandledRejection', onRejection)
afterAll(() => {
  process.off('unhandledRejection', onRejection)
  expect(rejections).toEqual([])
})

test('waits once, then hands out ids at once, without a gap', async () => {
  const client = newClient({ send: serverSend() })
  const first = client.next('orders')
  expect(first).toBeInstanceOf(Promise)
  expect(await first).toBe('1')
  expect(client.buffered('orders')).toBe(9)
  expect(client.next('orders')).toBe('2')
  expect(client.take('orders', 3)).toEqual(['3', '4', '5'])
  expect(client.stats()).toEqual({ refills: 1, refillErrors: 0, waits: 1 })
})

test('fetches the next range in the background, once, before the buffer is empty', async () => {
  const client = newClient({ send: serverSend() })
  await client.take('orders', 8)
  expect(client.stats().refills).toBe(1)
  client.next('orders')
  expect(client.next('orders')).toBe('10')
  await settle()
  await settle()
  expect(client.next('orders')).toBe('11')
  expect(client.stats()).toEqual({ refills: 2, refillErrors: 0, waits: 1 })
})

test('one refill in flight serves all who wait, in their order', async () => {
  let calls = 0
  const send = serverSend()
  const client = newClient({
    send: (url, init) => {
      calls++
      return send(url, init)
    },
  })
  const ids = await Promise.all(Array.from({ length: 10 }, () => client.next('orders')))
  expect(ids).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9', '10'])
  expect(calls).toBe(1)
})

test('no caller overtakes one that waits, though a smaller request is buffered', async () => {
  const client = newClient({ send: serverSend() })
  await client.take('orders', 5)
  const many = client.take('orders', 7)
  expect(client.buffered('orders')).toBe(0)
  const few = client.take('orders', 2)
  const one = client.next('orders')
  expect(await many).toEqual(['6', '7', '8', '9', '10', '11', '12'])
  expect(await few).toEqual(['13', '14'])
  expect(await one).toBe('15')
})

test('more than a range at once, from 1 to 100,000', async () => {
  const client = newClient({ send: serverSend() })
  expect(await client.take('orders', 100_000)).toHaveLength(100_000)
  expect(client.stats().refills).toBe(1)
  expect(() => client.take('orders', 0)).toThrow(RangeError)
  expect(() => client.take('orders', 100_001)).toThrow(RangeError)
  expect(() => client.take('orders', 1.5)).toThrow(RangeError)
})

describe('with the server down', () => {
  test('hands out what is buffered, then IdsUnavailable, then ids again', async () => {
    const send = serverSend()
    let down = false
    const client = newClient({
      send: (url, init) => (down ? Promise.reject(new Error('refused')) : send(url, init)),
    })
    await client.next('orders')
    down = true
    for (let id = 2; id <= 10; id++) expect(client.next('orders')).toBe(String(id))
    await settle()
    expect(client.stats().refillErrors).toBe(1)
    await expect(client.next('orders')).rejects.toBeInstanceOf(IdsUnavailable)
    await expect(client.take('orders', 2)).rejects.toBeInstanceOf(IdsUnavailable)
    down = false
    expect(await client.next('orders')).toBe('11')
  })

  test('a server that never answers is given up at the deadline, and asked again', async () => {
    const send = serverSend()
    let hung = false
    const hang: Send = (_, init) =>
      new Promise((_, reject) => {
        hung = true
        init.signal?.addEventListener('abort', () => reject(init.signal?.reason))
      })
    const client = newClient({
      timeoutMs: 5,
      send: (url, init) => (hung ? send : hang)(url, init),
    })
    await expect(client.next('orders')).rejects.toBeInstanceOf(IdsUnavailable)
    // The second may still meet the end of the first request.
    const asked = [await ask(client), await ask(client)]
    expect(asked).toContain('1')
  })
})

describe('an answer that cannot be right is refused', () => {
  const replies: [string, number, string][] = [
    ['not JSON', 200, '<html>'],
    ['no range', 200, '{}'],
    ['numbers', 200, '{"first":1,"last":10}'],
    ['another size', 200, '{"first":"1","last":"9"}'],
    ['beyond 2^53', 200, '{"first":"9007199254740990","last":"9007199254740999"}'],
    ['a problem', 503, '{"code":"not-saved"}'],
  ]
  test.each(replies)('%s', async (_, status, body) => {
    const client = newClient({ send: async () => new Response(body, { status }) })
    await expect(client.next('orders')).rejects.toBeInstanceOf(IdsUnavailable)
    expect(client.stats().refillErrors).toBe(1)
  })

  test('a server that went back to ids already given', async () => {
    const client = newClient({ send: async () => Response.json({ first: '1', last: '10' }) })
    await client.take('orders', 10)
    await expect(client.next('orders')).rejects.toBeInstanceOf(IdsUnavailable)
  })
})

/** 0 asks for one id, n for n; `pause` lets refills land; `down` and `up` switch the server. */
const actions = fc.array(
  fc.oneof(fc.integer({ min: 0, max: 15 }), fc.constantFrom('pause', 'pause', 'down', 'up', 'up')),
  { maxLength: 60 },
)

describe('a sequence that another source had meanwhile', () => {
  test('goes on above it: what is buffered here and at the server is dropped', async () => {
    const marks = memoryMarks()
    const app = createTicketsApp(new Sequences({ lease: marks.lease }))
    const client = newClient({ send: async (url, init) => app.request(url, init) })
    expect(await client.take('orders', 2)).toEqual(['1', '2'])
    marks.marks.set('orders', 50_000)
    client.skipTo('orders', 50_001)
    expect(client.buffered('orders')).toBe(0)
    expect(await client.take('orders', 2)).toEqual(['50001', '50002'])
    client.skipTo('orders', 7)
    expect(await client.takeInOrder('orders', 1)).toEqual(['50011'])
    expect(await client.take('payments', 1)).toEqual(['1'])
  })

  test('a range that was under way when it came back is dropped too', async () => {
    const marks = memoryMarks()
    const app = createTicketsApp(new Sequences({ lease: marks.lease }))
    const gate = Promise.withResolvers<void>()
    const client = newClient({
      send: async (url, init) => {
        await gate.promise
        return app.request(url, init)
      },
    })
    const taken = client.take('orders', 3)
    client.skipTo('orders', 6)
    gate.resolve()
    expect(await taken).toEqual(['6', '7', '8'])
  })

  test('a server that does not know of it gives no id, and is not asked for ever', async () => {
    let asked = 0
    const send: Send = async () => {
      asked += 1
      return Response.json({ first: '1', last: '10' })
    }
    const client = newClient({ send })
    client.skipTo('orders', 100)
    expect(await ask(client)).toBeInstanceOf(IdsUnavailable)
    expect(asked).toBe(1)
  })
})

test('ids rise in the order asked for, none twice, over several clients and outages', async () => {
  await fc.assert(
    fc.asyncProperty(actions, actions, async (left, right) => {
      const send = serverSend()
      const runs = [left, right].map((script) => runScript(script, send))
      const given = await Promise.all(runs)
      for (const ids of given) expect(ids).toEqual(ids.toSorted((a, b) => a - b))
      const all = given.flat()
      expect(new Set(all).size).toBe(all.length)
    }),
    { numRuns: 200 },
  )
})

async function runScript(script: (number | string)[], send: Send): Promise<number[]> {
  let down = false
  const client = newClient({
    send: (url, init) => (down ? Promise.reject(new Error('refused')) : send(url, init)),
  })
  const asked: (string | string[] | Promise<string | string[]>)[] = []
  for (const action of script) {
    if (action === 'pause') await settle()
    else if (typeof action === 'string') down = action === 'down'
    else {
      const ids = action === 0 ? client.next('orders') : client.take('orders', action)
      if (ids instanceof Promise) ids.catch(() => {})
      asked.push(ids)
    }
  }
  const answers = await Promise.allSettled(asked)
  return answers
    .flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
    .map(Number)
}
