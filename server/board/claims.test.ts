import { expect, test } from 'bun:test'
import { ActiveFaults } from '../../chaos/active-faults.ts'
import type { FaultState } from '../../chaos/board.ts'
import { FaultList } from '../../chaos/fault-list.ts'
import { site } from '../../chaos/testing/board-at.ts'
import { jsonRequest, tokenForTest, withToken } from '../testing/app-for-test.ts'
import { openApiBoard } from './api-board.ts'
import { createBoardApp } from './app.ts'
import { BoardFollower } from './follow.ts'

/** A board with `crash` on it, and two processes that ask it for bites. */
async function boardWithCrash(times: number) {
  const clock = { ms: 1000 }
  const nowMs = () => clock.ms
  const { app, stop } = createBoardApp({ token: tokenForTest, nowMs })
  const call = async (method: string, path: string, body?: unknown) => {
    const init = body === undefined ? { method } : jsonRequest(method, body)
    const answer = await app.request(path, { ...init, headers: { ...init.headers, ...withToken } })
    return (await answer.json()) as unknown
  }
  const followerOf = (process: string) => {
    const active = new ActiveFaults({ kind: 'api', nowMs })
    const send = async (url: string, init: RequestInit) => await app.request(url, init)
    return new BoardFollower({
      url: 'http://127.0.0.1:1',
      token: tokenForTest,
      process,
      active,
      send,
    })
  }
  const put = () => call('PUT', '/chaos/faults/crash', { times })
  const keyNow = async () => ((await call('GET', '/v1/faults/crash')) as { key: string }).key
  const listed = async () => {
    const { faults } = (await call('GET', '/chaos/faults')) as { faults: FaultState[] }
    return faults.find(({ name }) => name === 'crash')
  }
  await put()
  const [first, second] = [followerOf('api-1'), followerOf('api-2')]
  const claim = async (follower: BoardFollower, key: string) => await follower.claim('crash', key)
  return { call, claim, clock, first, keyNow, listed, put, second, stop }
}

test('a board grants so many bites in all, and counts those of the dead', async () => {
  const { claim, first, keyNow, listed, second } = await boardWithCrash(2)
  const key = await keyNow()
  const granted = [await claim(first, key), await claim(second, key), await claim(first, key)]
  expect(granted).toEqual([true, true, false])
  const one = { kind: 'api', considered: 1, injected: 1 }
  expect(await listed()).toMatchObject({
    injected: 2,
    processes: [
      { process: 'api-1', ...one },
      { process: 'api-2', ...one },
    ],
  })
})

test('a bite is granted only for what is on now', async () => {
  const { call, claim, clock, first, keyNow, put } = await boardWithCrash(20)
  const key = await keyNow()
  await put()
  expect(await claim(first, key)).toBe(false)
  const next = await keyNow()
  expect(await claim(first, next)).toBe(true)
  await call('POST', '/chaos/reset')
  expect(await claim(first, next)).toBe(false)
  expect(await keyNow()).toBeNull()
  await put()
  const last = await keyNow()
  clock.ms += 60_000
  expect(await claim(first, last)).toBe(false)
})

test.each(['no answer', 'a refusal', 'the fault being over meanwhile'])(
  'with %s a process does not die, and counts no bite',
  async (how) => {
    const asked = new FaultList(() => 0)
    asked.put('crash', {})
    const active: ActiveFaults = new ActiveFaults({
      kind: 'api',
      nowMs: () => 0,
      claim: async () => {
        if (how === 'the fault being over meanwhile') active.clear()
        return how === 'the fault being over meanwhile'
      },
    })
    const deaf = new ActiveFaults({ kind: 'api', nowMs: () => 0 })
    const process = how === 'no answer' ? deaf : active
    process.adopt(asked.snapshot())
    await process.at(site({ point: 'order.written' }))
    expect(process.tallies()).toEqual({ crash: { considered: 1, injected: 0 } })
  },
)

test.each(['crash', 'frozen'])('%s is refused by a process that is its own board', (name) => {
  const board = openApiBoard({ CHAOS_TOKEN: tokenForTest })
  if (!board || !('control' in board.access)) throw new Error('no board')
  const { control } = board.access
  expect(() => control.put(name, {})).toThrow(`${name} needs a board in a process of its own`)
  expect(control.list().filter(({ active }) => active)).toEqual([])
  board.stop()
})
