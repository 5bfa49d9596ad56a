import { beforeEach, expect, setDefaultTimeout, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import type { CouponAnswer } from '../../../audit/checker.ts'
import { partnerKey } from '../../db/seed.ts'
import type { CouponsIssued } from '../../flows/shapes.ts'
import { jsonRequest } from '../../testing/app-for-test.ts'
import { withSpawnedShop } from '../../testing/crash-crowd.ts'
import { describeLive } from '../../testing/fixtures.ts'
import { axes } from '../axes.ts'

const answerMs = 10_000
const requests = 60
const quantity = 2
const killedAt = 10
setDefaultTimeout(60_000)

const options = Object.keys(axes.coupons.options)

describeLive('kill -9 among partners', ['TEST_DATABASE_URL', 'TEST_REDIS_URL'], () => {
  // One shop for all: only the API server knows the option, and each request names it.
  const { world, shop } = withSpawnedShop('crash_coupons')
  beforeEach(() => world.restock())

  async function ask(option: string, index: number): Promise<CouponAnswer | undefined> {
    const partner = `partner-${1 + (index % 3)}`
    const requestId = `request-${index}`
    const init = jsonRequest(
      'POST',
      { partner, product: '1', quantity, requestId },
      {
        'x-partner-key': partnerKey(partner),
        'x-design': `coupons=${option},admission=open`,
      },
    )
    const signal = AbortSignal.timeout(answerMs)
    const url = `${shop.url('server')}/api/v1/coupons`
    const answer = await fetch(url, { ...init, signal }).catch(() => undefined)
    if (answer?.status !== 201) return undefined
    expect(answer.headers.get('x-design')).toContain(`coupons=${option}`)
    const { coupons } = (await answer.json()) as CouponsIssued
    return { partner, requestId, quantity, numbers: coupons.map(({ number }) => number) }
  }

  /** Asks for all, twelve at once. @returns answers with coupons, by request */
  async function askAll(option: string, onAnswer = () => {}) {
    const given = new Map<number, CouponAnswer>()
    const waiting = Array.from({ length: requests }).keys()
    const inTurn = async () => {
      for (const index of waiting) {
        const answer = await ask(option, index)
        if (answer) given.set(index, answer)
        onAnswer()
      }
    }
    await Promise.all(Array.from({ length: 12 }, inTurn))
    return given
  }

  test.each(options)(
    'coupons=%s: what was issued stands, and is answered again',
    async (option) => {
      await world.query(sql`insert into coupon_numbers (product_id, number, status)
        select 1, upper(left(sha2(concat(id, number), 256), 16)), 'free' from coupon_numbers`)
      await world.query(sql`update coupon_partners set quota = 1000`)
      let answered = 0
      let killing: Promise<void> | undefined
      const given = await askAll(option, () => {
        if (++answered === killedAt) killing = shop.kill('server')
      })
      await killing
      expect(given.size).toBeLessThan(requests)
      await shop.start('server')
      const again = await askAll(option)
      for (const [index, answer] of given) {
        expect(again.get(index)?.numbers?.toSorted()).toEqual(answer.numbers?.toSorted())
      }
      const findings = await world.audit({ couponAnswers: [...given.values(), ...again.values()] })
      const known = option === 'requires-new' ? /^coupon(s-accounted|-quotas|-answers)/ : /^$/
      expect(findings.filter((finding) => !known.test(finding))).toEqual([])
      if (!['requires-new', 'rollback-only'].includes(option)) expect(again.size).toBe(requests)
    },
  )
})
