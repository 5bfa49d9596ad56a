import { parseDesign } from '../designs/design.ts'
import { IntakePlacer } from '../worker/intakes.ts'
import type { AppForTest, AppOptions } from './app-for-test.ts'
import type { World } from './fixtures.ts'
import { newKey } from './shopping.ts'

type App = AppForTest['app']

interface Requests {
  shop(options?: AppOptions): App
  order(app: App, more: object, headers: Record<string, string>): Promise<Response> | Response
}

/** A request that ends in each problem of orders that were taken in. */
export const intakeProblems = (world: World, { shop, order }: Requests) => ({
  async 'intake-expired'() {
    const key = { 'idempotency-key': newKey() }
    await order(shop({ design: 'after,admission=queued' }), {}, key)
    const design = parseDesign('after,ids=sequence-table')
    const limits = { ageMsMax: -1 }
    const placer = new IntakePlacer(world.otherOptions, () => design, { tried() {} }, limits)
    await placer.turn()
    await placer.drain()
    return order(shop(), {}, key)
  },
})
