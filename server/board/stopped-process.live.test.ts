import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { FaultState } from '../../chaos/board.ts'
import { type SpawnedProcess, spawnProcess } from '../spawn-process.ts'
import { jsonRequest, tokenForTest, withToken } from '../testing/app-for-test.ts'
import { eventually } from '../testing/barrier.ts'
import { describeLive, withWorld } from '../testing/fixtures.ts'
import { newKey, orderBody } from '../testing/shopping.ts'

const server = resolve(import.meta.dir, '..')
const patience = { deadlineMs: 15_000, pollMs: 50 }

describeLive('a process that a fault stops', ['TEST_DATABASE_URL', 'TEST_REDIS_URL'], () => {
  const world = withWorld('stopped')
  const folder = mkdtempSync(join(tmpdir(), 'stopped-'))
  const running = new Set<SpawnedProcess>()
  const obeying = () => ({ CHAOS_TOKEN: tokenForTest, CHAOS_BOARD_URL: board.url })
  let board: SpawnedProcess
  let bank: SpawnedProcess
  const start = async (entry: string, env: Record<string, string>) => {
    const child = await spawnProcess(join(server, entry), env)
    running.add(child)
    return child
  }
  const startBoard = () => start('board/main.ts', { CHAOS_TOKEN: tokenForTest })
  const startBank = () =>
    start('bank/main.ts', { ...obeying(), BANK_FILE: join(folder, 'bank.sqlite') })
  const startShop = () =>
    start('main.ts', {
      ...obeying(),
      ...{ DATABASE_URL: world.databaseUrl, REDIS_URL: Bun.env.TEST_REDIS_URL ?? '' },
      ...{ TICKETS_URL: bank.url, BANK_URL: bank.url, STAMPEDE_DESIGN: 'after,ids=time-sorted' },
    })

  beforeAll(async () => {
    board = await startBoard()
    bank = await startBank()
  }, 30_000)
  afterAll(async () => {
    for (const child of running) child.kill('SIGKILL')
    await Promise.all([...running].map(({ exited }) => exited))
    rmSync(folder, { recursive: true })
  })

  const call = async (method: string, path: string, body?: unknown) => {
    const init = body === undefined ? { method } : jsonRequest(method, body)
    const answer = await fetch(`${board.url}/chaos/${path}`, {
      ...init,
      headers: { ...init.headers, ...withToken },
    })
    return { status: answer.status, body: (await answer.json()) as { faults: FaultState[] } }
  }
  const bitesOf = async (name: string) => {
    const { body } = await call('GET', 'faults')
    return body.faults.find((fault) => fault.name === name)?.injected
  }
  /** As the kernel has it; undefined where it has ended. */
  const isStopped = async ({ pid }: SpawnedProcess) =>
    /^State:\s+T/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  const goesOn = async (child: SpawnedProcess) => !(await isStopped(child))
  const answers = async (child: SpawnedProcess) => (await fetch(`${child.url}/healthz`)).ok

  describe('frozen', () => {
    beforeEach(async () => {
      await eventually('the bank goes on', () => goesOn(bank), patience)
      await answers(bank)
    })
    const settings = { forMs: 30_000, pauseMs: 60_000, target: { process: 'bank' } }

    test('it stands still until a reset, which is acknowledged, and answers then', async () => {
      expect((await call('PUT', 'faults/frozen', settings)).status).toBe(200)
      await eventually('it is stopped', () => isStopped(bank), patience)
      expect((await call('POST', 'reset')).status).toBe(200)
      await eventually('it goes on', () => goesOn(bank), patience)
      expect(await answers(bank)).toBe(true)
      await eventually(
        'its bite is reported',
        async () => (await bitesOf('frozen')) === 1,
        patience,
      )
    }, 30_000)

    test('it goes on by itself at its time', async () => {
      await call('PUT', 'faults/frozen', { ...settings, forMs: 600 })
      await eventually('it is stopped', () => isStopped(bank), patience)
      await eventually('it goes on', () => goesOn(bank), patience)
      expect(await answers(bank)).toBe(true)
      await call('POST', 'reset')
    }, 30_000)

    test('a signal to end it, and its watchdog, is obeyed', async () => {
      const other = await startBank()
      await call('PUT', 'faults/frozen', settings)
      await eventually('it is stopped', () => isStopped(other), patience)
      other.kill('SIGKILL')
      expect(await other.exited).not.toBe(0)
      await call('POST', 'reset')
    }, 30_000)

    test('it goes on when the board is killed', async () => {
      await call('PUT', 'faults/frozen', settings)
      await eventually('it is stopped', () => isStopped(bank), patience)
      board.kill('SIGKILL')
      await eventually('it goes on', () => goesOn(bank), patience)
      expect(await answers(bank)).toBe(true)
      bank.kill('SIGKILL')
      board = await startBoard()
      bank = await startBank()
    }, 30_000)
  })

  test('crash: one process dies at its point, and the one started again does not', async () => {
    const first = await startShop()
    await call('PUT', 'faults/crash', { target: { point: 'order.written' } })
    const order = (at: SpawnedProcess) =>
      fetch(
        `${at.url}/api/v1/orders`,
        jsonRequest('POST', orderBody(['1x3']), { 'idempotency-key': newKey() }),
      )
    await eventually(
      'it dies',
      async () =>
        await order(first).then(
          () => false,
          () => true,
        ),
      patience,
    )
    expect(await first.exited).toBeNull()
    expect(await bitesOf('crash')).toBe(1)
    const second = await startShop()
    await eventually(
      'the next obeys',
      async () => {
        expect((await order(second)).status).toBe(201)
        const { body } = await call('GET', 'faults')
        const asked = body.faults.find(({ name }) => name === 'crash')?.processes ?? []
        return asked.length === 2
      },
      patience,
    )
    expect(await bitesOf('crash')).toBe(1)
    await call('POST', 'reset')
    expect(await world.audit()).toEqual([])
  }, 60_000)
})
