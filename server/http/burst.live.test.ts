import { expect, setDefaultTimeout, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { atOnce } from '../at-once.ts'
import { expectSoundShop, untilQuiescent, withSpawnedShop } from '../testing/crash-crowd.ts'
import { describeLive } from '../testing/fixtures.ts'
import { connectTo, type KeepAliveClient, type SocketAnswer } from '../testing/keep-alive-client.ts'
import { newKey, orderBody } from '../testing/shopping.ts'

const buyers = 1000
/** In the burst: then a buyer waits until it is over. */
const triesMax = 3
const lanes = 8
setDefaultTimeout(120_000)

const { world, shop } = withSpawnedShop('burst')

interface Buyer {
  client: KeepAliveClient
  key: string
  answers: SocketAnswer[]
}

const isRefused = ({ status, body }: SocketAnswer) => status === 503 && body.definite === true

/** Asks under the buyer's one key, and again as soon as the answer is that nothing happened. */
async function buy(
  { client, key, answers }: Buyer,
  tries: number,
  onRefusal = () => {},
): Promise<void> {
  const body = orderBody(['1x1'])
  for (let asked = 0; asked < tries; asked += 1) {
    const answer = await client.post('/api/v1/orders', body, { 'idempotency-key': key })
    answers.push(answer)
    if (!isRefused(answer)) return
    onRefusal()
  }
}

const codesOf = (crowd: readonly Buyer[]) =>
  crowd.flatMap(({ answers }) => answers.map(({ status, body }) => `${status} ${body.code ?? ''}`))

/** Buyers whose last answer was that nothing happened, and whose order is there all the same. */
async function wronglyRefused(crowd: readonly Buyer[]): Promise<string[]> {
  const rows = await world.query<{ name: string }>(sql`
    select idempotency_key as name from orders`)
  const ordered = new Set(rows.map(({ name }) => name))
  const refused = crowd.filter(({ answers }) => answers.slice(-1).some(isRefused))
  return refused.map(({ key }) => key).filter((key) => ordered.has(key))
}

describeLive('a thousand buyers at once', ['TEST_DATABASE_URL', 'TEST_REDIS_URL'], () => {
  test('find their keys free after a definite refusal, and get one order each', async () => {
    await world.setStock('1', buyers)
    const url = shop.url('server')
    const clients = await Promise.all(Array.from({ length: buyers }, () => connectTo(url)))
    const crowd = clients.map((client): Buyer => ({ client, key: newKey(), answers: [] }))
    // Waiting alone is no reason to refuse: what all want is held until the first is.
    const refused = Promise.withResolvers<void>()
    const holding = world.others.connections.transaction(async (db) => {
      await db.rows(sql`select id from product_options where id = 1 for update`)
      await refused.promise
    })
    await Promise.all(crowd.map((buyer) => buy(buyer, triesMax, refused.resolve)))
    await holding
    expect(codesOf(crowd)).toContain('503 pool-exhausted')
    expect(codesOf(crowd)).not.toContain('409 request-in-progress')
    expect(await wronglyRefused(crowd)).toEqual([])

    await untilQuiescent(world)
    const unserved = crowd.filter(({ answers }) => answers.at(-1)?.status !== 201)
    await atOnce(unserved, lanes, (buyer) => buy(buyer, 1))
    for (const { client } of crowd) client.close()
    expect(crowd.filter(({ answers }) => answers.at(-1)?.status !== 201)).toEqual([])
    const ordered = await world.query(sql`select distinct idempotency_key from orders`)
    expect([ordered.length, await world.stockOf('1')]).toEqual([buyers, 0])
    await expectSoundShop(world, shop)
  })
})
