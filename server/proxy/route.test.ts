import { afterEach, describe, expect, test } from 'bun:test'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { ActiveFaults } from '../../chaos/active-faults.ts'
import { FaultList } from '../../chaos/fault-list.ts'
import { freePort } from '../../lab/servers/free-port.ts'
import { journeyRandom } from '../../loadtests/crowd/random.ts'
import { eventually, within } from '../testing/barrier.ts'
import { openRoute } from './route.ts'
import type { ProxiedServer } from './servers.ts'

const opened: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close()
})

/** A server that says everything again, behind the proxy. */
async function behindProxy(server: ProxiedServer = 'database') {
  const atServer = new Set<Socket>()
  const echo = createServer((socket) => {
    atServer.add(socket)
    socket.on('data', (data) => socket.write(data))
    socket.on('error', () => {})
    socket.on('close', () => atServer.delete(socket))
  })
  const port = await portOf(echo)
  opened.push(() => new Promise<void>((resolve) => echo.close(() => resolve())))
  const active = new ActiveFaults({ kind: 'proxy' })
  const asked = new FaultList(undefined, () => active.adopt(asked.snapshot()))
  const listenPort = await freePort()
  const route = { server, host: '127.0.0.1', port, listenPort }
  const open = await openRoute(route, active)
  opened.push(() => open.close())
  return { open, asked, active, atServer, client: () => clientOf(listenPort) }
}

async function portOf(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as { port: number }).port
}

function clientOf(port: number) {
  const socket = connect(port, '127.0.0.1')
  const seen = { text: '', end: '' }
  socket.on('data', (data) => {
    seen.text += data.toString()
  })
  socket.on('error', (error: NodeJS.ErrnoException) => {
    seen.end = error.code ?? 'error'
  })
  socket.on('close', () => {
    seen.end ||= 'closed'
  })
  opened.push(() => void socket.destroy())
  return {
    seen,
    say: (text: string) => socket.write(text),
    receives: (text: string) =>
      eventually(`it receives ${text.slice(0, 20)}`, async () => seen.text === text),
    ends: () => eventually('its connection ends', async () => seen.end || undefined),
    leave: () => socket.end(),
  }
}

describe('the proxy', () => {
  test('hands on all bytes in their order, both ways, and the end', async () => {
    const { client, atServer, open } = await behindProxy()
    const one = client()
    const text = Array.from({ length: 50_000 }, (_, index) => `${index} `).join('')
    one.say(text)
    await one.receives(text)
    one.leave()
    expect(await one.ends()).toBe('closed')
    await eventually('the server has no connection', async () => atServer.size === 0)
    await eventually('the proxy has none', async () => open.connections() === 0)
  })

  test('ends the connection where there is no server', async () => {
    const listenPort = await freePort()
    const route = {
      server: 'redis',
      host: '127.0.0.1',
      port: await freePort(),
      listenPort,
    } as const
    const open = await openRoute(route, new ActiveFaults({ kind: 'proxy' }))
    opened.push(() => open.close())
    expect(await clientOf(listenPort).ends()).not.toBe('')
  })

  test('is not touched by a fault of another server', async () => {
    const { client, asked, active } = await behindProxy()
    asked.put('network-reset', { server: 'bank' })
    asked.put('redis-down', {})
    const one = client()
    one.say('hello')
    await one.receives('hello')
    expect(active.tallies()).toEqual({})
  })
})

describe('a fault of the network', () => {
  test('latency is added once for each way, and data keeps its order', async () => {
    const { client, asked } = await behindProxy()
    asked.put('network-latency', { latencyMs: 60, jitterMs: 30, direction: 'both' })
    const one = client()
    const askedAtMs = performance.now()
    for (const word of ['a', 'b', 'c', 'd']) one.say(word)
    await one.receives('abcd')
    expect(performance.now() - askedAtMs).toBeGreaterThanOrEqual(119)
  })

  test('data that waits is handed on, in order, when the fault ends', async () => {
    const { client, asked, active } = await behindProxy()
    asked.put('network-latency', { latencyMs: 10_000 })
    const one = client()
    one.say('first ')
    const bitten = async () => active.tallies()['network-latency']?.injected === 1
    await eventually('it waits', bitten)
    asked.reset()
    one.say('second')
    await one.receives('first second')
  })

  test('a narrow way lets its bytes through at its pace, after the burst', async () => {
    const { client, asked } = await behindProxy()
    const limits = { bytesPerSecond: 200_000, burstBytes: 20_000, direction: 'answers' }
    asked.put('network-bandwidth', limits)
    const one = client()
    const text = 'x'.repeat(60_000)
    const askedAtMs = performance.now()
    one.say(text)
    await one.receives(text)
    expect(performance.now() - askedAtMs).toBeGreaterThanOrEqual(190)
  })

  test('a reset ends both ends', async () => {
    const { client, asked, atServer } = await behindProxy()
    const one = client()
    one.say('before')
    await one.receives('before')
    asked.put('network-reset', {})
    one.say('and now')
    expect(await one.ends()).toBe('ECONNRESET')
    await eventually('the server has no connection', async () => atServer.size === 0)
  })

  test('a black hole answers nothing, and its connections end with it', async () => {
    const { client, asked, active } = await behindProxy()
    asked.put('network-blackhole', { direction: 'answers' })
    const one = client()
    one.say('into the void')
    const bitten = async () => active.tallies()['network-blackhole']?.injected === 1
    await eventually('its answer is lost', bitten)
    asked.reset()
    expect(await one.ends()).toBe('closed')
    expect(one.seen.text).toBe('')
    const next = client()
    next.say('hello')
    await next.receives('hello')
  })

  test('half-open: the server has no connection any more, the client has', async () => {
    const { client, asked, atServer } = await behindProxy()
    const one = client()
    one.say('before')
    await one.receives('before')
    asked.put('network-half-open', {})
    one.say('who is there')
    await eventually('the server has no connection', async () => atServer.size === 0)
    expect(one.seen).toEqual({ text: 'before', end: '' })
    asked.reset()
    expect(await one.ends()).toBe('closed')
  })

  test('a Redis that stands still answers when the fault is over', async () => {
    const { client, asked, active } = await behindProxy('redis')
    asked.put('redis-frozen', {})
    const one = client()
    one.say('are you there')
    await eventually(
      'its answer waits',
      async () => active.tallies()['redis-frozen']?.injected === 1,
    )
    asked.reset()
    await one.receives('are you there')
  })

  test('ends with a board that is gone', async () => {
    const { client, active } = await behindProxy()
    const fault = { id: 1, name: 'network-blackhole', settings: {}, elapsedMs: 0 }
    const snapshot = { board: 'b', version: 1, faults: [{ ...fault, remainingMs: 60_000 }] }
    active.adopt(snapshot, performance.now(), 300)
    const one = client()
    one.say('into the void')
    expect(await one.ends()).toBe('closed')
  })
})

test('a thousand starts and stops under traffic leave no fault and no connection', async () => {
  const { client, asked, open } = await behindProxy()
  const random = journeyRandom(7, 0)
  const names = ['latency', 'bandwidth', 'reset', 'blackhole', 'half-open']
  let isOver = false
  const talk = async () => {
    while (!isOver) {
      const one = client()
      for (let turn = 0; turn < 5 && one.seen.end === '' && !isOver; turn += 1) {
        one.say('hello')
        await Bun.sleep(1)
      }
      one.leave()
    }
  }
  const talking = Promise.all([talk(), talk(), talk()])
  for (let turn = 0; turn < 1000; turn += 1) {
    const name = `network-${names[Math.floor(random() * names.length)]}`
    asked.put(name, { probability: random() })
    if (turn % 20 === 0) await Bun.sleep(1)
    if (random() < 0.3) asked.reset()
    else asked.remove(name)
  }
  isOver = true
  await within(talking, 'the talk to end')
  expect(asked.list().filter(({ active }) => active)).toEqual([])
  const last = client()
  last.say('hello')
  await last.receives('hello')
  last.leave()
  await eventually('the proxy has no connection', async () => open.connections() === 0)
})
