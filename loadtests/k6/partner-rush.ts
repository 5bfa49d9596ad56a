// Partners ask for coupons, three requests at once each, until each has its quantity.
// By hand: k6 run -e STAMPEDE_TARGET=http://127.0.0.1:PORT loadtests/k6/partner-rush.ts
// with the address of a coupon gateway.
import exec from 'k6/execution'
import type { Options } from 'k6/options'
import { askUntilFull } from '../crowd/partner.ts'
import { partnerPlan, partnersSettings } from '../crowd/partners.ts'
import { printLine, shopHttp } from './driver.ts'

const settings = partnersSettings(__ENV)
const http = shopHttp(settings.target)

/** A partner’s last answer may come so much later than its time is over. */
const slackSeconds = settings.policy.timeoutMs / 1000 + 1

export const options: Options = {
  scenarios: {
    'partner-rush': {
      executor: 'per-vu-iterations',
      vus: settings.partners,
      iterations: 1,
      maxDuration: `${settings.durationSeconds + slackSeconds}s`,
      gracefulStop: '0s',
    },
  },
  discardResponseBodies: true,
  systemTags: ['name', 'status', 'error_code', 'expected_response', 'scenario'],
  summaryTrendStats: ['p(50)', 'p(95)', 'p(99)', 'max'],
}

/** One partner. With `STAMPEDE_HISTORY=1` its record is a line of JSON. */
export default async function partner(): Promise<void> {
  const { iterationInTest, startTime } = exec.scenario
  const record = await askUntilFull(http, partnerPlan(settings, iterationInTest, startTime))
  if (__ENV.STAMPEDE_HISTORY === '1') printLine(JSON.stringify(record))
}
