import { describe, expect, test } from 'bun:test'
import { ActiveFaults } from '../../chaos/active-faults.ts'
import type { FaultState } from '../../chaos/board.ts'
import { readersMax } from '../../chaos/events.ts'
import { type ProcessKind, processKinds } from '../../chaos/fault.ts'
import { faults } from '../../chaos/faults.ts'
import { journeyRandom } from '../../loadtests/crowd/random.ts'
import { jsonRequest, tokenForTest, withToken } from '../testing/app-for-test.ts'
import { flawsOf } from '../testing/problems.ts'
import { createBoardApp } from './app.ts'
import { BoardFollower } from './follow.ts'

/** A board and processes that obey it, on one clock that stands still until it is moved. */
function boardWith(...kinds: ProcessKind[]) {
  const clock = { ms: 1000 }
  const nowMs = () => clock.ms
  const here = new ActiveFaults({ kind: 'board', nowMs })
  const outside = { active: here, wake: () => {} }
  const { app, stop, sweep } = createBoardApp({ token: tokenForTest, nowMs, outside })
  const isAway = { now: false }
  const send = async (url: string, init: RequestInit) => {
    if (isAway.now) throw new Error('no connection')
    return await app.request(url, init)
  }
  const processes = kinds.map((kind, index) => {
    const active = new ActiveFaults({ kind, nowMs })
    const options = { url: 'http://127.0.0.1:1', token: tokenForTest, active, nowMs, send }
    const follower = new BoardFollower({ ...options, process: `${kind}-${index}` })
    return { active, follower }
  })
  const call = (method: string, path: string, body?: unknown) => {
    const init = body === undefined ? { method } : jsonRequest(method, body)
    return app.request(`/chaos/${path}`, { ...init, headers: { ...init.headers, ...withToken } })
  }
  const listed = async (name: string) => {
    const { faults } = (await (await call('GET', 'faults')).json()) as { faults: FaultState[] }
    return faults.find((fault) => fault.name === name)
  }
  const [one, other] = processes.map(({ active, follower }) => ({ active, follower }))
  if (!one) throw new Error('no process')
  return { app, call, clock, isAway, listed, one, other: other ?? one, processes, stop, sweep }
}

describe('a process that obeys the board', () => {
  test('has its faults, with their time from the board’s clock', async () => {
    const { call, clock, one } = boardWith('api')
    await call('PUT', 'faults/retry-storm', { ttlSeconds: 1 })
    clock.ms += 400
    await one.follower.turn()
    clock.ms += 599
    expect(one.active.clientPolicy('users.read')).toStartWith('attempts=5;')
    clock.ms += 1
    expect(one.active.clientPolicy('users.read')).toBeUndefined()
  })

  test('drops them 1.5 s after the last answer of a board that is gone', async () => {
    const { call, clock, isAway, one } = boardWith('api')
    await call('PUT', 'faults/retry-storm', {})
    expect(await one.follower.turn()).toBe(true)
    isAway.now = true
    clock.ms += 1499
    expect(await one.follower.turn()).toBe(false)
    expect(one.active.isActive('retry-storm')).toBe(true)
    clock.ms += 1
    expect(one.active.isActive('retry-storm')).toBe(false)
    expect(one.active.clientPolicy('users.read')).toBeUndefined()
    isAway.now = false
    expect(await one.follower.turn()).toBe(true)
    expect(one.active.isActive('retry-storm')).toBe(true)
  })

  test('acts only where it is aimed at, and where the fault can act at all', async () => {
    const { call, one, other } = boardWith('bank', 'tickets')
    await call('PUT', 'faults/slow-answers', { latencyMs: 1, target: { process: 'bank' } })
    await call('PUT', 'faults/slow-query', {})
    await Promise.all([one.follower.turn(), other.follower.turn()])
    await one.active.atRequest('/')
    expect(one.active.tallies()).toEqual({ 'slow-answers': { considered: 1, injected: 1 } })
    expect(await other.active.atRequest('/')).toBeUndefined()
    expect(other.active.tallies()).toEqual({})
  })

  test('a fault that goes on keeps its dice from answer to answer', async () => {
    const draws = async (turns: number) => {
      const { call, one, stop } = boardWith('api')
      await call('PUT', 'faults/retry-storm', { probability: 0.5, seed: 3 })
      await one.follower.turn()
      one.follower.start()
      const drawn: boolean[] = []
      for (let index = 0; index < 40; index += 1) {
        if (index < turns) await call('PUT', 'faults/bank', { latencyMs: index })
        drawn.push(one.active.clientPolicy('users.read') !== undefined)
      }
      await one.follower.stop()
      stop()
      return drawn
    }
    expect(await draws(20)).toEqual(await draws(0))
  })
})

describe('an answer of the board', () => {
  test('comes once every process obeys, with what each has made of the fault', async () => {
    const { call, listed, processes, stop } = boardWith('api', 'api')
    for (const { follower } of processes) {
      await follower.turn()
      follower.start()
    }
    await call('PUT', 'faults/retry-storm', {})
    for (const { active } of processes) {
      expect(active.clientPolicy('users.read')).toBeString()
    }
    expect(await listed('retry-storm')).toMatchObject({ active: true, considered: 2, injected: 2 })
    expect((await listed('retry-storm'))?.processes).toHaveLength(2)
    await call('POST', 'reset')
    for (const { active } of processes) expect(active.isActive('retry-storm')).toBe(false)
    await Promise.all(processes.map(({ follower }) => follower.stop()))
    stop()
  })

  test('comes also where a process is gone', async () => {
    const { call, one } = boardWith('api')
    await one.follower.turn()
    const reset = await call('POST', 'reset')
    expect(reset.status).toBe(200)
  })
})

test('a thousand faults that begin and end at random leave none, in any process', async () => {
  const { call, clock, processes, stop, sweep } = boardWith('api', 'worker', 'bank', 'proxy')
  await Promise.all(processes.map(({ follower }) => follower.turn()))
  const random = journeyRandom(1, 0)
  const oneOf = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T
  const lease = { holder: 'run', seconds: 5 }
  /** Names of those that are on. */
  const on = new Set<string>()
  const all = async (answer: Response | Promise<Response>) => {
    on.clear()
    return await answer
  }
  const ends: ((name: string) => Promise<Response>)[] = [
    async (name) => {
      on.delete(name)
      return await call('DELETE', `faults/${name}`)
    },
    () => all(call('POST', 'reset')),
    () => all(call('DELETE', 'leases/run')),
    () => {
      clock.ms += 1000 * oneOf([lease.seconds, 60])
      sweep()
      return all(call('GET', 'faults'))
    },
  ]
  const obeyed = () =>
    processes.map(({ active }) => Object.keys(faults).filter((name) => active.isActive(name)))
  const wanted = () =>
    processes.map(({ active: { kind } }) =>
      Object.values(faults).flatMap(({ name, processes: kinds }) =>
        on.has(name) && kinds.includes(kind) ? [name] : [],
      ),
    )
  for (const { follower } of processes) follower.start()
  for (let pair = 0; pair < 1000; pair += 1) {
    // Up to three more are on by then, and one that is on may begin again.
    for (let more = oneOf([1, 1, 2, 3]); more > 0; more -= 1) {
      const { name } = oneOf(Object.values(faults))
      const settings = { probability: oneOf([0.5, 1]), ttlSeconds: 60, lease }
      expect([name, (await call('PUT', `faults/${name}`, settings)).status]).toEqual([name, 200])
      on.add(name)
      expect([pair, obeyed()]).toEqual([pair, wanted()])
    }
    const end = oneOf(ends)
    expect((await end(oneOf([...on]))).status).toBe(200)
    expect([pair, obeyed()]).toEqual([pair, wanted()])
  }
  expect((await call('POST', 'reset')).status).toBe(200)
  expect(obeyed()).toEqual(processes.map(() => []))
  await Promise.all(processes.map(({ follower }) => follower.stop()))
  stop()
}, 60_000)

test('events have what was missed and what happens, until the board stops', async () => {
  const { app, call, stop } = boardWith('api')
  await call('PUT', 'faults/bank', {})
  await call('DELETE', 'faults/bank')
  const headers = { ...withToken, 'last-event-id': '1' }
  const stream = await app.request('/chaos/events', { headers })
  expect(stream.headers.get('content-type')).toStartWith('text/event-stream')
  await call('PUT', 'faults/slow-query', {})
  stop()
  const text = await stream.text()
  expect(text).not.toContain('id: 1\n')
  expect(text).toContain('event: change\n')
  expect(text).toContain('"change":"off"')
})

test('so many readers have a stream, and one that leaves makes room', async () => {
  const { app, stop } = boardWith('api')
  const read = async () => await app.request('/chaos/events', { headers: withToken })
  const streams = await Promise.all(Array.from({ length: readersMax }, read))
  expect(await flawsOf(await read(), ['too-many-streams'], null)).toEqual([])
  await streams[0]?.body?.cancel()
  const next = await read()
  expect(next.status).toBe(200)
  expect((await read()).status).toBe(429)
  stop()
  await Promise.all([...streams.slice(1), next].map((stream) => stream.text()))
})

test('every fault can be aimed at each process that it acts in, and at no other', async () => {
  const { call, processes: obeying, stop } = boardWith('api', 'proxy')
  await Promise.all(obeying.map(({ follower }) => follower.turn()))
  for (const { follower } of obeying) follower.start()
  for (const { name, processes } of Object.values(faults)) {
    for (const process of processKinds) {
      const answer = await call('PUT', `faults/${name}`, { target: { process } })
      const isTaken = processes.includes(process)
      expect([name, process, answer.status]).toEqual([name, process, isTaken ? 200 : 400])
      if (isTaken) continue
      expect(await flawsOf(answer, ['invalid-fault'], 'target.process')).toEqual([])
    }
  }
  stop()
  await Promise.all(obeying.map(({ follower }) => follower.stop()))
})

describe('what is refused', () => {
  test('a fault of the network, while no proxy obeys it', async () => {
    const { call, clock, other } = boardWith('api', 'proxy')
    const put = () => call('PUT', 'faults/network-reset', {})
    expect(await flawsOf(await put(), ['invalid-fault'], 'name')).toEqual([])
    await other.follower.turn()
    expect((await put()).status).toBe(200)
    clock.ms += 1500
    expect(await flawsOf(await put(), ['invalid-fault'], 'name')).toEqual([])
  })

  test.each([
    ['POST', 'leases/a%20b', 'invalid-request', 'holder'],
    ['DELETE', `leases/${'x'.repeat(65)}`, 'invalid-request', 'holder'],
    ['GET', 'history?after=-1', 'invalid-request', 'after'],
    ['GET', 'history?after=x', 'invalid-request', 'after'],
    ['PATCH', 'reset', 'method-not-allowed', null],
  ])('%s %s: %s', async (method, path, code, field) => {
    const { call } = boardWith('api')
    expect(await flawsOf(await call(method, path), [code as never], field)).toEqual([])
  })

  test.each(['/chaos/faults', '/chaos/events', '/chaos/history'])(
    '%s without a token',
    async (path) => {
      const { app } = boardWith('api')
      expect(await flawsOf(await app.request(path), ['unauthorized'], null)).toEqual([])
    },
  )

  test('a report without a token, or with what no process reports', async () => {
    const { app } = boardWith('api')
    const good = { process: 'api-1', kind: 'api', board: '', version: 0, tallies: {} }
    const send = (body: unknown, headers: Record<string, string> = withToken) =>
      app.request('/v1/follow', jsonRequest('POST', body, headers))
    expect((await send(good)).status).toBe(200)
    expect((await send(good, {})).status).toBe(401)
    for (const bad of [
      { process: '' },
      { kind: 'console' },
      { version: -1 },
      { tallies: { a: 1 } },
    ]) {
      expect((await send({ ...good, ...bad })).status).toBe(400)
    }
  })
})
