import { afterEach, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import type { FaultState } from '../../chaos/board.ts'
import { createBoardApp } from '../../server/board/app.ts'
import { tokenForTest as token, withToken } from '../../server/testing/app-for-test.ts'
import { eventually } from '../../server/testing/barrier.ts'
import { leaseSeconds } from './fault-lease.ts'
import { playFaults } from './fault-timeline.ts'

const run = '2026-12-01T00-00-00-000Z-7-0'
const opened: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of opened.splice(0)) await close()
})

type Fetch = (request: Request) => Response | Promise<Response>
type Around = (request: Request, board: Fetch) => Response | Promise<Response>

/** A board on a clock that stands still until it is moved, and the requests that it gets. */
function serveBoard(around: Around = (request, board) => board(request)) {
  const clock = { ms: 0 }
  const { app, stop } = createBoardApp({ token, nowMs: () => clock.ms })
  const seen: string[] = []
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch(request) {
      seen.push(`${request.method} ${new URL(request.url).pathname}`)
      return around(request, (one) => app.fetch(one))
    },
  })
  opened.push(async () => {
    stop()
    await server.stop(true)
  })
  const get = async (path: string) =>
    await (await app.request(`/chaos/${path}`, { headers: withToken })).json()
  const state = async (name = 'retry-storm') =>
    ((await get('faults')) as { faults: FaultState[] }).faults.find((one) => one.name === name)
  const changes = async () =>
    ((await get('history')) as { changes: { change: string }[] }).changes.map((one) => one.change)
  const of = (request: string) => seen.filter((one) => one === request).length
  return { chaos: { url: server.url.origin, token }, clock, changes, of, seen, state }
}

const storm = (fromSeconds: number, toSeconds: number) => [
  { name: 'retry-storm', settings: { attempts: 3 }, fromSeconds, toSeconds },
]
const now = () => Promise.resolve(Date.now())
/** A process has to start. */
const patience = { deadlineMs: 20_000 }
const renewals = `POST /chaos/leases/${run}`

describe('a fault of a run', () => {
  test('goes on while the run renews its lease, and ends after kill -9 of the run', async () => {
    const { chaos, clock, changes, of, state } = serveBoard()
    const script = join(import.meta.dir, '../testing/play-faults.ts')
    const child = Bun.spawn([process.execPath, script, chaos.url, token, run], { stdout: 'ignore' })
    opened.push(async () => {
      child.kill('SIGKILL')
      await child.exited
    })
    await eventually('the fault is on', async () => (await state())?.active, patience)
    for (const _ of [1, 2]) {
      clock.ms += leaseSeconds * 1000 - 1
      const before = of(renewals)
      // The first may have been under way when the clock was moved.
      await eventually('it is renewed', async () => of(renewals) > before + 1, patience)
      expect((await state())?.active).toBe(true)
    }
    child.kill('SIGKILL')
    await child.exited
    clock.ms += leaseSeconds * 1000
    expect((await state())?.active).toBe(false)
    expect(await changes()).toEqual(['on', 'lease-ended'])
  }, 60_000)

  test('is let go of when the run ends early', async () => {
    const { chaos, changes, state } = serveBoard()
    const ended = new AbortController()
    const played = playFaults(chaos, run, storm(0, 600), now(), ended.signal)
    await eventually('the fault is on', async () => (await state())?.active)
    expect((await state())?.settings).toMatchObject({
      attempts: 3,
      ttlSeconds: 600,
      lease: { holder: run, seconds: leaseSeconds },
    })
    ended.abort()
    expect(await played).toMatchObject([{ name: 'retry-storm', injected: 0 }])
    expect((await state())?.active).toBe(false)
    expect(await changes()).toEqual(['on', 'released'])
  })

  test('is not switched on where the run ends before its time', async () => {
    const { chaos, changes, of } = serveBoard()
    const ended = new AbortController()
    const played = playFaults(chaos, run, storm(600, 700), now(), ended.signal)
    await eventually('a lease is held', async () => of(renewals) > 0)
    ended.abort()
    expect(await played).toEqual([])
    expect(await changes()).toEqual([])
  })

  test('that is refused ends the others, and the run fails', async () => {
    const { chaos, changes, state } = serveBoard()
    const wrong = { name: 'no-fault', settings: {}, fromSeconds: 0.05, toSeconds: 600 }
    const never = new AbortController().signal
    const played = playFaults(chaos, run, [...storm(0, 600), wrong], now(), never)
    await expect(played).rejects.toThrow('No fault "no-fault"')
    expect((await state())?.active).toBe(false)
    expect(await changes()).toEqual(['on', 'released'])
  })
})

/** A shop before leases: no routes of them, and no such setting. */
const older: Around = async (request, board) => {
  const path = new URL(request.url).pathname
  if (path.startsWith('/chaos/leases/')) return Response.json({ code: 'x' }, { status: 404 })
  if (request.method !== 'PUT') return await board(request)
  const body = (await request.clone().json()) as object
  return 'lease' in body ? Response.json({ detail: 'lease' }, { status: 422 }) : board(request)
}
/** It answers whatever it is asked. */
const foreign: Around = (request, board) =>
  request.url.includes('/chaos/leases/') ? Response.json({}) : older(request, board)
/** What is no JSON, as of a proxy. */
const proxy: Around = (request, board) =>
  request.url.includes('/chaos/leases/')
    ? new Response('<html>', { status: 405 })
    : older(request, board)

test.each(Object.entries({ older, foreign, proxy }))(
  'a shop without leases (%s) has faults that end at their time',
  async (_, around) => {
    const { chaos, of, seen, state } = serveBoard(around)
    const ended = new AbortController()
    const played = playFaults(chaos, run, storm(0, 600), now(), ended.signal)
    await eventually('the fault is on', async () => (await state())?.active)
    expect((await state())?.settings).not.toHaveProperty('lease')
    ended.abort()
    await played
    expect(of(renewals)).toBe(1)
    expect(seen.filter((one) => one.startsWith('DELETE'))).toEqual([])
  },
)
