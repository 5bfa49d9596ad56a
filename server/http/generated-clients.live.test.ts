import { expect, test } from 'bun:test'
import { appForTest } from '../testing/app-for-test.ts'
import { describeLive, withWorld } from '../testing/fixtures.ts'
import { type Bought, generateClients } from '../testing/generated-clients.ts'
import { documentOf } from '../testing/operations.ts'

describeLive('a client that is generated from the document', ['TEST_DATABASE_URL'], () => {
  const world = withWorld('generated_clients')

  test('orders and pays, and is refused with a code', async () => {
    const shop = appForTest({ services: world.services })
    const server = Bun.serve({
      hostname: '127.0.0.1',
      port: 0,
      fetch: (one) => shop.app.fetch(one),
    })
    const clients = await generateClients(await documentOf(shop))
    try {
      const { buy }: { buy(url: string, key: string): Promise<Bought> } = await import(
        clients.buyer
      )
      expect(await buy(server.url.origin, crypto.randomUUID())).toEqual({
        order: 'paid',
        payment: 'captured',
        refusal: 'idempotency-key-missing',
      })
    } finally {
      clients.remove()
      await server.stop(true)
    }
  })
})
