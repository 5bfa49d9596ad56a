// Partners ask for coupons, three requests at once each, until they have their quantity.
// By hand: k6 run -e STAMPEDE_TARGET=http://127.0.0.1:4003 loadtests/k6/partner-rush.ts
import { Counter, Trend } from 'k6/metrics'
import type { Options } from 'k6/options'
import { askUntilFull } from '../crowd/partner.ts'
import { shopHttp } from './driver.ts'

declare const __ENV: Record<string, string | undefined>
declare const __VU: number

const answers = new Counter('stampede_coupon_answers')
const coupons = new Counter('stampede_coupons_given')
const times = new Trend('stampede_coupon_answer', true)

const partners = Number(__ENV.STAMPEDE_PARTNERS ?? 4)
const wanted = Number(__ENV.STAMPEDE_COUPONS ?? 500)
const quantity = Number(__ENV.STAMPEDE_COUPONS_AT_ONCE ?? 10)
const seconds = Number(__ENV.STAMPEDE_SECONDS ?? 30)
const backoff = __ENV.STAMPEDE_BACKOFF === 'none' ? 'none' : 'asked'

export const options: Options = {
  scenarios: {
    'partner-rush': {
      executor: 'per-vu-iterations',
      vus: partners,
      iterations: 1,
      maxDuration: `${seconds + 10}s`,
    },
  },
}

export default async function run(): Promise<void> {
  const partner = `partner-${__VU}`
  await askUntilFull(shopHttp(__ENV.STAMPEDE_TARGET ?? 'http://127.0.0.1:4003'), {
    partner,
    key: `key-of-${partner}`,
    product: '1',
    wanted,
    quantity,
    policy: { backoff, timeoutMs: 10_000 },
    endsAtMs: Date.now() + seconds * 1000,
    random: Math.random,
    onAnswer(status, given, tookMs) {
      answers.add(1, { status: String(status) })
      coupons.add(given)
      times.add(tookMs)
    },
  })
}
