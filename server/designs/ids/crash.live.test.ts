import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { jsonRequest, withToken } from '../../testing/app-for-test.ts'
import { eventually } from '../../testing/barrier.ts'
import { expectSoundShop, untilQuiescent, withSpawnedShop } from '../../testing/crash-crowd.ts'
import { describeLive } from '../../testing/fixtures.ts'
import type { How } from '../../testing/lossy-proxy.ts'
import { card, newKey, orderBody } from '../../testing/shopping.ts'
import type { SpawnedShop } from '../../testing/spawned-shop.ts'

setDefaultTimeout(180_000)
/** Of processes on a busy machine. */
const patience = { deadlineMs: 30_000, pollMs: 50 }
const answerMs = 15_000

/**
 * Where the move has got to as the processes die, by the statement that the proxy holds: to the
 * ticket server the mark is raised first and the row retired after it, back it is the other way.
 */
const boundaries: { when: string; statement: string; how?: How; isMade?: true }[] = [
  { when: 'as the mark is written', statement: 'insert into ticket_marks' },
  { when: 'as the row is written', statement: 'update sequences set' },
  { when: 'before the log has it', statement: 'insert into design_log' },
  {
    when: 'after the commit and before the answer',
    ...{ statement: 'COMMIT', how: 'unanswered', isMade: true },
  },
]

type Name = Parameters<SpawnedShop['kill']>[0]
type Api = 'server' | 'replica'
const row = 'sequence-table'
const tickets = 'ticket-server'

const order = z.object({ id: z.string() })
const overview = z.object({
  epoch: z.int(),
  flags: z.array(z.object({ axis: z.string(), option: z.string() })),
})
const given = z.object({ id: z.string() })

const ask = (url: string, init: RequestInit = {}) =>
  fetch(url, { ...init, signal: AbortSignal.timeout(answerMs) })

describe.each<[string, Name[]]>([
  ['the API server', ['server']],
  ['the API server and the ticket server', ['server', 'tickets']],
])('kill -9 of %s in the move of a sequence', (_, victims) => {
  const name = `crash_move_${victims.join('_')}`
  describeLive(name, ['TEST_DATABASE_URL', 'TEST_REDIS_URL'], () => {
    const { world, shop } = withSpawnedShop(name, `after,ids.orders=${row}`, true)
    const ids: bigint[] = []

    /** Orders with one key until there is an answer with the order. */
    async function buy(at: Api, count: number): Promise<bigint[]> {
      const buyers = Array.from({ length: count }, async (_, buyer) => {
        const key = newKey()
        return await eventually(
          `${at} sells`,
          async () => {
            const body = orderBody([`1x${1 + buyer}`], { userId: `${1 + buyer}`, payment: card })
            const request = jsonRequest('POST', body, { 'idempotency-key': key })
            const answer = await ask(`${shop.url(at)}/api/v1/orders`, request)
            return answer.status === 201 && BigInt(order.parse(await answer.json()).id)
          },
          patience,
        )
      })
      const bought = await Promise.all(buyers)
      ids.push(...bought)
      return bought
    }
    /** From the ticket server itself, which refuses while the row has the sequence. */
    async function takeTickets(): Promise<number> {
      const answer = await ask(`${shop.url('tickets')}/v1/ids/orders`, { method: 'POST' })
      if (answer.status === 200) ids.push(BigInt(given.parse(await answer.json()).id))
      return answer.status
    }
    /** One that has not read its flags since it was started answers 503. */
    const read = (at: Api) =>
      eventually(
        `the ${at} answers`,
        async () => {
          const answer = await ask(`${shop.url(at)}/designs`)
          return answer.status === 200 && overview.parse(await answer.json())
        },
        patience,
      )
    const sourceAt = async (at: Api) =>
      (await read(at)).flags.find(({ axis }) => axis === 'ids.orders')?.option
    const move = (option: string, epoch: number) =>
      ask(
        `${shop.url('server')}/designs/ids.orders`,
        jsonRequest('PUT', { option, epoch, reason: 'a test', by: 'kim' }, withToken),
      )
    async function lastEpoch(): Promise<number> {
      const [last] = await world.query<{ epoch: number }>(
        sql`select coalesce(max(epoch), 0) as epoch from design_log`,
      )
      return Number(last?.epoch)
    }
    const inForce = async (option: string, epoch: number) => {
      for (const at of ['server', 'replica'] as const) {
        const obeys = async () => (await read(at)).epoch === epoch
        await eventually(`the ${at} obeys change ${epoch}`, obeys, patience)
        expect(await sourceAt(at)).toBe(option)
      }
      const metric = new RegExp(`^stampede_design_epoch\\{[^}]*\\} ${epoch}$`, 'm')
      const worker = async () =>
        metric.test(await (await ask(`${shop.url('worker')}/metrics`)).text())
      await eventually(`the worker obeys change ${epoch}`, worker, patience)
      const [{ isRow } = {}] = await world.query<{ isRow: number }>(
        sql`select successor is null as isRow from sequences where name = 'orders'`,
      )
      expect(Number(isRow)).toBe(option === row ? 1 : 0)
    }

    async function killedIn(option: string, { statement, how, isMade }: (typeof boundaries)[0]) {
      const old = option === row ? tickets : row
      const epoch = await lastEpoch()
      await inForce(old, epoch)
      const before = [...(await buy('server', 3)), ...(await buy('replica', 3))]
      await takeTickets()

      const { losses } = world.proxy
      const lost = losses()
      world.proxy.lose(statement, how ?? 'silence')
      const answer = move(option, epoch).then(
        () => 'an answer',
        () => 'none',
      )
      await eventually('the move is held', async () => losses() > lost, patience)
      if (isMade) {
        await eventually('it is made', async () => (await lastEpoch()) > epoch, patience)
      }
      const during = buy('replica', 6)
      await Promise.all(victims.map((one) => shop.kill(one)))
      expect(await answer).toBe('none')
      await Promise.all(victims.map((one) => shop.start(one)))
      await during

      const now = isMade ? epoch + 1 : epoch
      expect(await lastEpoch()).toBe(now)
      await inForce(isMade ? option : old, now)
      await takeTickets()
      const again = [...(await buy('server', 2)), ...(await buy('replica', 2))]

      // An operator who had no answer asks for the same again, and learns where the design is.
      expect((await move(option, epoch)).status).toBe(isMade ? 409 : 200)
      if (isMade) expect((await move(option, now)).status).toBe(200)
      await inForce(option, now + 1)
      const after = [...(await buy('server', 3)), ...(await buy('replica', 3))]
      if (option === row) {
        const refuses = async () => (await takeTickets()) !== 200
        await eventually('the ticket server gives no id', refuses, patience)
      } else expect(await takeTickets()).toBe(200)

      const oldIds = isMade ? before : [...before, ...again]
      const isAbove = (id: bigint) => oldIds.every((one) => one < id)
      expect(after.filter((id) => !isAbove(id))).toEqual([])
      expect(new Set(ids).size).toBe(ids.length)
      await untilQuiescent(world)
      await expectSoundShop(world, shop)
    }

    test.each(boundaries)('$when, to the ticket server and back', async (boundary) => {
      if (!shop.url('replica')) await shop.start('replica')
      await killedIn(tickets, boundary)
      await killedIn(row, boundary)
    })
  })
})
