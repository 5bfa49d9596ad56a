import { afterAll, expect, spyOn, test } from 'bun:test'
import { UserError } from '../../lab/user-error.ts'
import { appForTest, tokenForTest } from '../../server/testing/app-for-test.ts'
import { EpochConflict, ShopClient } from './shop-client.ts'

const logged = spyOn(console, 'error').mockImplementation(() => {})
const servers: Bun.Server<undefined>[] = []
afterAll(async () => {
  logged.mockRestore()
  await Promise.all(servers.map((server) => server.stop(true)))
})

/** The shop's own app behind HTTP, and two of its operators. */
function served() {
  const shop = appForTest({ token: tokenForTest })
  const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: shop.app.fetch })
  servers.push(server)
  const operator = () => new ShopClient(`http://127.0.0.1:${server.port}`, tokenForTest, 'kim')
  return { shop, url: `http://127.0.0.1:${server.port}`, client: operator(), other: operator() }
}

test('a share is set on the design that was read, with who and why', async () => {
  const { shop, client } = served()
  expect(await client.flagOf('reads')).toMatchObject({ option: 'cached', percent: 0 })
  await client.set('reads', { option: 'cached', to: 'database', percent: 5, reason: 'a try' })
  await client.set('reads', { option: 'cached', to: 'database', percent: 25, reason: 'more' })
  expect(client.epoch).toBe(2)
  expect(shop.log.entries.map(({ author, reason }) => [author, reason])).toEqual([
    ['kim', 'a try'],
    ['kim', 'more'],
  ])
})

test('a change of another operator is not overwritten, but setting back goes through', async () => {
  const { shop, client, other } = served()
  await Promise.all([client.flagOf('reads'), other.flagOf('reads')])
  await other.set('dispatch', { option: 'queue', reason: 'first' })
  const late = client.set('reads', { option: 'cached', to: 'database', percent: 5, reason: 'x' })
  await expect(late).rejects.toThrow(EpochConflict)
  await client.setBack('reads', { option: 'database', reason: 'an alarm' })
  expect(shop.flags.mix.base.label).toContain('reads=database,dispatch=queue')
})

test('a sequence without a flag of its own has the option of ids', async () => {
  const { client } = served()
  expect((await client.flagOf('ids.orders')).option).toBe('ticket-server')
  await expect(client.flagOf('refunds')).rejects.toThrow('no axis refunds')
})

test('what the shop refuses is an error in its words', async () => {
  const { client } = served()
  const refused = client.set('stock', { option: 'derived', reason: 'x' })
  await expect(refused).rejects.toThrow('would sell it again')
})

test('what it has counted is read by the side of the split', async () => {
  const { client, url } = served()
  await client.flagOf('reads')
  await client.set('reads', { option: 'cached', to: 'database', percent: 0, reason: 'x' })
  for (let id = 1; id <= 3; id += 1) await fetch(`${url}/api/v1/carts/${id}`)
  const counts = await client.counts('reads')
  // Nothing is behind the app of this test, so that each request fails.
  expect(counts.get('option')).toMatchObject({ requests: 3, failed: 3 })
  expect(counts.get('to')).toMatchObject({ requests: 0, failed: 0 })
})

test('a shop that does not answer, or is none, is an error for the person who asked', async () => {
  const none = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response('hello') })
  servers.push(none)
  const client = new ShopClient(`http://127.0.0.1:${none.port}`, tokenForTest, 'kim')
  await expect(client.flagOf('reads')).rejects.toThrow(UserError)
  await none.stop(true)
  await expect(client.counts('reads')).rejects.toThrow('does not answer')
})
