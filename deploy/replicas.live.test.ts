import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { freePort } from '../lab/servers/free-port.ts'
import { findProgram } from '../lab/tools/find.ts'
import { type SpawnedProcess, spawnProcess } from '../server/spawn-process.ts'
import { jsonRequest, tokenForTest, withToken } from '../server/testing/app-for-test.ts'
import { eventually } from '../server/testing/barrier.ts'
import { describeLive, openWorld, type World } from '../server/testing/fixtures.ts'
import { root } from './testing/compose-file.ts'
import { startProxy } from './testing/proxy.ts'
import { stopPrograms, untilAnswer } from './testing/tools.ts'

const haproxy = await findProgram('haproxy')
if (!haproxy) console.log('skipped: replicas behind the proxy: no haproxy on this machine')

/** Of processes on a busy machine; each obeys within a second where it has the processor. */
const patience = { deadlineMs: 30_000, pollMs: 20 }
const answerMs = 5000
const names = ['one', 'two', 'three'] as const
type Name = (typeof names)[number]

/** Requests that are enough for each replica to get some: the proxy gives them out in turn. */
const enough = 12

const faultList = z.object({
  faults: z.array(
    z.object({
      name: z.string(),
      active: z.boolean(),
      processes: z.array(z.object({ kind: z.string(), injected: z.int() })),
    }),
  ),
})

describe.skipIf(!haproxy)('behind the proxy', () => {
  describeLive('three replicas', ['TEST_DATABASE_URL', 'TEST_REDIS_URL'], () => {
    let world: World
    const folder = mkdtempSync(join(tmpdir(), 'replicas-'))
    const running = new Map<Name | 'board' | 'tickets' | 'bank', SpawnedProcess>()
    const url = (name: Parameters<typeof running.get>[0]) => running.get(name)?.url ?? ''
    let ports: Record<Name, number>
    let proxy = ''

    async function start(name: Parameters<typeof url>[0], entry: string, env: object) {
      const board = { CHAOS_TOKEN: tokenForTest, CHAOS_BOARD_URL: url('board') }
      const path = join(root, 'server', entry)
      running.set(name, await spawnProcess(path, { ...board, ...env }))
    }
    const startReplica = (name: Name) =>
      start(name, 'main.ts', {
        STAMPEDE_PORT: String(ports[name]),
        DATABASE_URL: world.databaseUrl,
        REDIS_URL: Bun.env.TEST_REDIS_URL,
        TICKETS_URL: url('tickets'),
        BANK_URL: url('bank'),
      })

    beforeAll(async () => {
      world = await openWorld('replicas')
      const [one, two, three] = [await freePort(), await freePort(), await freePort()]
      ports = { one, two, three }
      await start('board', 'board/main.ts', {})
      await Promise.all([
        start('tickets', 'tickets/main.ts', { DATABASE_URL: world.databaseUrl }),
        start('bank', 'bank/main.ts', { BANK_FILE: join(folder, 'bank.sqlite') }),
      ])
      await Promise.all(names.map(startReplica))
      const isReady = async ({ status }: Response) => status === 200
      await Promise.all(names.map((name) => untilAnswer(`${url(name)}/readyz`, isReady)))
      proxy = await startProxy(haproxy ?? '', folder, Object.values(ports))
      await untilAnswer(`${proxy}/proxyz`, isReady)
    }, 120_000)
    afterAll(async () => {
      await stopPrograms()
      for (const child of running.values()) child.kill('SIGKILL')
      await Promise.all([...running.values()].map(({ exited }) => exited))
      rmSync(folder, { recursive: true })
      await world.close()
    })

    const ask = (address: string, init: RequestInit = {}) =>
      fetch(address, { ...init, signal: AbortSignal.timeout(answerMs) })
    const send = (method: string, path: string, body?: unknown) =>
      ask(`${proxy}/${path}`, {
        ...(body === undefined
          ? { method, headers: withToken }
          : jsonRequest(method, body, withToken)),
      })
    /** What each replica says in the header of an answer. */
    const headersOf = (header: string) =>
      Promise.all(
        names.map(async (name) => (await ask(`${url(name)}/designs`)).headers.get(header)),
      )
    /** The same of answers that come through the proxy. */
    async function headersThrough(header: string) {
      const answers: (string | null)[] = []
      for (let turn = 0; turn < enough; turn += 1) {
        answers.push((await ask(`${proxy}/designs`)).headers.get(header))
      }
      return new Set(answers)
    }
    async function obeyed(epoch: number, option: string) {
      const all = async () => (await headersOf('x-design-epoch')).every((one) => one === `${epoch}`)
      await eventually(`all replicas obey change ${epoch}`, all, patience)
      expect(await headersThrough('x-design-epoch')).toEqual(new Set([`${epoch}`]))
      for (const design of await headersOf('x-design')) expect(design).toContain(option)
    }
    const who = { reason: 'a test', by: 'kim' }

    test('a flag is obeyed by all, taken back by all, and kept over a kill -9', async () => {
      const put = (option: string, epoch: number) =>
        send('PUT', 'designs/dispatch', { ...who, option, epoch })
      expect((await put('queue', 0)).status).toBe(200)
      await obeyed(1, 'dispatch=queue')
      // Whichever replica it comes to, the change before it has been seen there.
      expect((await put('chosen', 0)).status).toBe(409)
      expect((await send('POST', 'designs/rollback', { ...who, epoch: 1 })).status).toBe(200)
      await obeyed(2, 'dispatch=skip-locked')
      expect((await put('chosen', 2)).status).toBe(200)
      await obeyed(3, 'dispatch=chosen')

      running.get('two')?.kill('SIGKILL')
      await running.get('two')?.exited
      const others = async () => (await ask(`${proxy}/designs`)).status === 200
      await eventually('the proxy goes by the other two', others, patience)
      await startReplica('two')
      await obeyed(3, 'dispatch=chosen')
    }, 120_000)

    test('a fault bites in all, and after a reset in none', async () => {
      const policies = async (isThere: boolean) =>
        (await headersOf('x-client-policy')).every((one) => (one !== null) === isThere)
      const slow = async () => {
        const { faults } = faultList.parse(await (await send('GET', 'chaos/faults')).json())
        return faults.find(({ name }) => name === 'slow-answers')
      }
      const bitten = async () => {
        for (let turn = 0; turn < enough; turn += 1) await ask(`${proxy}/api/v1/products`)
        const bites = (await slow())?.processes.filter(({ injected }) => injected > 0)
        return bites?.length === names.length
      }
      const injected = async () => {
        const texts = await Promise.all(
          names.map(async (name) => (await ask(`${url(name)}/metrics`)).text()),
        )
        return texts.map(
          (text) => text.match(/^stampede_fault_injected_total\{.*slow-answers.*/m)?.[0],
        )
      }
      const target = { process: 'api' }
      const put = await send('PUT', 'chaos/faults/slow-answers', { latencyMs: 1, target })
      expect(put.status).toBe(200)
      expect((await send('PUT', 'chaos/faults/retry-storm', {})).status).toBe(200)
      await eventually('all replicas have the policy', () => policies(true), patience)
      await eventually('the fault has bitten in all replicas', bitten, patience)

      expect((await send('POST', 'chaos/reset')).status).toBe(200)
      await eventually('no replica has the policy', () => policies(false), patience)
      const before = await injected()
      expect(await headersThrough('x-client-policy')).toEqual(new Set([null]))
      expect(await injected()).toEqual(before)
      expect(before.every((line) => line !== undefined && !line.endsWith(' 0'))).toBe(true)
      expect((await slow())?.active).toBe(false)
    }, 120_000)
  })
})
