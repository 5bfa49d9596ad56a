import { sql } from 'drizzle-orm'
import { partnerKey } from '../db/seed.ts'
import type { ProblemCode } from '../errors.ts'
import type { CouponsIssued } from '../flows/shapes.ts'
import type { AppForTest, AppOptions } from './app-for-test.ts'
import type { World } from './fixtures.ts'
import { newKey } from './shopping.ts'

type App = AppForTest['app']
type Headers = Record<string, string>

interface Requests {
  shop(options?: AppOptions): App
  order(app: App, more?: object): Promise<Response> | Response
  post(app: App, path: string, body: object, headers?: Headers): Promise<Response> | Response
}

/** A request that ends in each problem of coupons. */
export function couponProblems(
  world: World,
  { shop, order, post }: Requests,
): Partial<Record<ProblemCode, () => Promise<Response>>> {
  const coupons = async (app: App, more: object = {}, headers: Headers = {}) =>
    post(
      app,
      '/api/v1/coupons',
      { partner: 'partner-1', product: '1', quantity: 1, requestId: newKey(), ...more },
      { 'x-partner-key': partnerKey('partner-1'), ...headers },
    )

  return {
    'partner-refused': async () => coupons(shop(), {}, { 'x-partner-key': 'another' }),
    async 'quota-used-up'() {
      await world.query(sql`update coupon_partners set quota = 1`)
      return coupons(shop(), { quantity: 2 })
    },
    async 'coupon-pool-empty'() {
      await world.query(sql`update coupon_numbers set status = 'used'`)
      return coupons(shop(), {})
    },
    async 'coupon-collision'() {
      world.script.meet('coupon.picked', 2)
      const app = shop({ design: 'after,coupons=rollback-only' })
      const answers = await Promise.all([coupons(app, {}), coupons(app, {})])
      return answers.find(({ status }) => status !== 201) ?? new Response()
    },
    async 'request-id-reused'() {
      await coupons(shop(), { requestId: 'one' })
      return coupons(shop(), { requestId: 'one', quantity: 2 })
    },
    async 'coupon-redeemed'() {
      const answer = (await (await coupons(shop(), {})).json()) as CouponsIssued
      const coupon = answer.coupons[0]?.number
      await order(shop(), { coupon })
      return order(shop(), { coupon })
    },
  }
}
