import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { FaultState } from '../../chaos/board.ts'
import { type SpawnedProcess, spawnProcess } from '../spawn-process.ts'
import { jsonRequest, tokenForTest, withToken } from '../testing/app-for-test.ts'
import { eventually } from '../testing/barrier.ts'
import { describeLive, withWorld } from '../testing/fixtures.ts'

const server = resolve(import.meta.dir, '..')
const names = ['one', 'two', 'three', 'worker', 'tickets', 'bank', 'gateway'] as const
type Name = (typeof names)[number] | 'board'

describeLive('one board for all processes', ['TEST_DATABASE_URL', 'TEST_REDIS_URL'], () => {
  const world = withWorld('board')
  const folder = mkdtempSync(join(tmpdir(), 'board-'))
  const running = new Map<Name, SpawnedProcess>()
  const url = (name: Name) => running.get(name)?.url ?? ''
  const start = async (name: Name, entry: string, env: Record<string, string>) => {
    const token = { CHAOS_TOKEN: tokenForTest, CHAOS_BOARD_URL: url('board') }
    running.set(name, await spawnProcess(join(server, entry), { ...token, ...env }))
  }

  beforeAll(async () => {
    const databases = { DATABASE_URL: world.databaseUrl, REDIS_URL: Bun.env.TEST_REDIS_URL ?? '' }
    await start('board', 'board/main.ts', {})
    await Promise.all([
      start('tickets', 'tickets/main.ts', databases),
      start('bank', 'bank/main.ts', { BANK_FILE: join(folder, 'bank.sqlite') }),
    ])
    const shop = { ...databases, TICKETS_URL: url('tickets'), BANK_URL: url('bank') }
    await Promise.all([
      ...(['one', 'two', 'three'] as const).map((name) => start(name, 'main.ts', shop)),
      start('worker', 'worker/main.ts', shop),
    ])
    await start('gateway', 'coupon-gateway/main.ts', { ISSUER_URL: url('one') })
  }, 120_000)
  afterAll(async () => {
    for (const child of running.values()) child.kill('SIGKILL')
    await Promise.all([...running.values()].map(({ exited }) => exited))
    rmSync(folder, { recursive: true })
  })

  const call = (at: Name, method: string, path: string, body?: unknown, headers = {}) => {
    const init = body === undefined ? { method } : jsonRequest(method, body)
    return fetch(`${url(at)}/chaos/${path}`, {
      ...init,
      headers: { ...init.headers, ...withToken, ...headers },
    })
  }
  const policies = async () => {
    const answers = await Promise.all(
      (['one', 'two', 'three'] as const).map((name) => fetch(`${url(name)}/healthz`)),
    )
    return answers.map(({ headers }) => headers.has('x-client-policy'))
  }
  const all = [true, true, true]
  const none = [false, false, false]

  test.each(names)(
    'put at %s, a fault is obeyed by three replicas, and reset there',
    async (at) => {
      expect((await call(at, 'PUT', 'faults/retry-storm', {})).status).toBe(200)
      await eventually('all replicas obey', async () => Bun.deepEquals(await policies(), all))
      expect((await call(at, 'POST', 'reset')).status).toBe(200)
      await eventually('no replica obeys', async () => Bun.deepEquals(await policies(), none))
    },
    30_000,
  )

  test.each(names)('%s refuses without the token, and for another site', async (at) => {
    const change = () => call(at, 'PUT', 'faults/bank', {}, { authorization: '' })
    expect((await change()).status).toBe(401)
    for (const headers of [{ host: 'shop.example' }, { origin: 'http://shop.example' }]) {
      expect((await call(at, 'PUT', 'faults/bank', {}, headers)).status).toBe(403)
    }
    expect((await call(at, 'PUT', 'faults/bank', { lostRate: 2 })).status).toBe(400)
  })

  test('aimed at a kind of process, a fault bites there, and is counted there', async () => {
    for (const kind of ['tickets', 'bank', 'gateway'] as const) {
      await call('one', 'PUT', 'faults/slow-answers', { latencyMs: 1, target: { process: kind } })
      const injected = async () => {
        await fetch(`${url(kind)}/nothing`)
        const answer = (await (await call('two', 'GET', 'faults')).json()) as {
          faults: FaultState[]
        }
        const fault = answer.faults.find(({ name }) => name === 'slow-answers')
        return fault?.processes.some((one) => one.kind === kind && one.injected > 0) === true
      }
      await eventually(`${kind} has bitten`, injected)
    }
    await call('one', 'POST', 'reset')
  }, 30_000)

  test('history and events pass through every process', async () => {
    const stream = await call('bank', 'GET', 'events', undefined, { 'last-event-id': '0' })
    const reader = stream.body?.getReader()
    let text = ''
    await eventually('an event', async () => {
      text += new TextDecoder().decode((await reader?.read())?.value)
      return text.includes('event: change')
    })
    await reader?.cancel()
    const { changes } = (await (await call('gateway', 'GET', 'history')).json()) as {
      changes: unknown[]
    }
    expect(changes.length).toBeGreaterThan(9)
  }, 30_000)

  test('when the board is killed, its faults end, and each process answers 503', async () => {
    await call('one', 'PUT', 'faults/retry-storm', { ttlSeconds: 900 })
    await eventually('all replicas obey', async () => Bun.deepEquals(await policies(), all))
    running.get('board')?.kill('SIGKILL')
    await eventually('no replica obeys', async () => Bun.deepEquals(await policies(), none))
    for (const at of names) expect((await call(at, 'GET', 'faults')).status).toBe(503)
  }, 30_000)
})
