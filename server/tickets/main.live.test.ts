import { afterAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NeverListened, type SpawnedProcess, spawnProcess } from '../spawn-process.ts'
import { createTicketClient, IdsUnavailable } from './client.ts'
import { firstOverlap } from './overlap.ts'
import type { Range } from './ranges.ts'

const folder = mkdtempSync(join(tmpdir(), 'tickets-'))
const started: SpawnedProcess[] = []
afterAll(() => {
  for (const server of started) server.kill('SIGKILL')
  rmSync(folder, { recursive: true })
})

let files = 0
const newFile = () => join(folder, `${files++}.json`)

async function start(file: string, env: Record<string, string> = {}): Promise<SpawnedProcess> {
  const server = await spawnProcess(join(import.meta.dir, 'main.ts'), {
    TICKETS_FILE: file,
    ...env,
  })
  started.push(server)
  return server
}

async function takeRange(url: string, count: number): Promise<Range> {
  const reply = await fetch(`${url}/v1/ranges`, {
    method: 'POST',
    body: JSON.stringify({ sequence: 'orders', count }),
    signal: AbortSignal.timeout(5000),
  })
  const range = (await reply.json()) as { first: string; last: string }
  return { first: Number(range.first), last: Number(range.last) }
}

const startError = (file: string, env: Record<string, string> = {}) =>
  start(file, env).then(
    () => undefined,
    (error) => (error instanceof NeverListened ? error : undefined),
  )

/** Eight takers until the server is gone; it is killed when `killAfter` ranges have come back. */
async function trafficUntilKilled(server: SpawnedProcess, killAfter: number): Promise<Range[]> {
  const ranges: Range[] = []
  const taker = async (seed: number) => {
    for (let turn = 0; turn < 10_000; turn++) {
      ranges.push(await takeRange(server.url, 1 + ((seed * 7919 + turn * 104_729) % 5000)))
      if (ranges.length === killAfter) server.kill('SIGKILL')
    }
  }
  await Promise.allSettled(Array.from({ length: 8 }, (_, seed) => taker(seed)))
  return ranges
}

test('no id is issued twice over kill -9 in the middle of traffic', async () => {
  const file = newFile()
  const issued: Range[] = []
  for (const killAfter of [1, 9, 50, 120, 33]) {
    const server = await start(file)
    const ranges = await trafficUntilKilled(server, killAfter)
    expect(await server.exited).toBeNull()
    expect(ranges.length).toBeGreaterThanOrEqual(killAfter)
    const highest = Math.max(0, ...issued.map((range) => range.last))
    expect(Math.min(...ranges.map((range) => range.first))).toBeGreaterThan(highest)
    issued.push(...ranges)
  }
  expect(firstOverlap(issued)).toBeUndefined()
})

test('a client rides out a kill -9 and goes on above its last id', async () => {
  const file = newFile()
  const server = await start(file)
  const port = new URL(server.url).port
  const client = createTicketClient({ url: server.url, rangeSize: 5, refillBelow: 0 })
  expect(await client.take('orders', 2)).toEqual(['1000000000', '1000000001'])
  server.kill('SIGKILL')
  await server.exited
  expect(client.take('orders', 3)).toHaveLength(3)
  await expect(client.next('orders')).rejects.toBeInstanceOf(IdsUnavailable)
  await start(file, { STAMPEDE_PORT: port })
  expect(Number(await client.next('orders'))).toBeGreaterThan(1_000_000_004)
})

describe('a start is refused, saying why', () => {
  test('while another server has the file', async () => {
    const file = newFile()
    const server = await start(file)
    expect(await startError(file)).toMatchObject({ exitCode: 1 })
    expect((await startError(file))?.log).toContain('in use by another ticket server')
    server.kill('SIGTERM')
    expect(await server.exited).toBe(0)
    await start(file)
  })

  test('with a corrupt file', async () => {
    const file = newFile()
    writeFileSync(file, '{"version":1,"marks":{"orders"')
    expect(await startError(file)).toMatchObject({ exitCode: 1 })
    expect((await startError(file))?.log).toContain(`${file} is corrupt`)
  })

  test('with bad settings, exit code 4', async () => {
    const error = await startError('', { TICKETS_START: '0', STAMPEDE_PORT: 'x' })
    expect(error).toMatchObject({ exitCode: 4 })
    for (const name of ['TICKETS_FILE', 'TICKETS_START', 'STAMPEDE_PORT']) {
      expect(error?.log).toContain(name)
    }
  })
})
