import exec from 'k6/execution'
import { asyncRequest, expectedStatuses, setResponseCallback } from 'k6/http'
import { Counter, Trend } from 'k6/metrics'
import type { Options } from 'k6/options'
import { setTimeout } from 'k6/timers'
import { type FirstArrival, type JourneyRecord, journeyOutcomes } from '../crowd/history.ts'
import type { Answer, Http, Request } from '../crowd/http.ts'
import { k6Schedule } from '../crowd/k6-schedule.ts'
import { parseJson } from '../crowd/parse-json.ts'
import { inFlightMax, type ScenarioName } from '../crowd/profiles.ts'
import { type CrowdSettings, crowdSettings } from '../crowd/settings.ts'
import { journeyOf } from '../crowd/visits.ts'

/** Built into k6, missing from its types. */
declare const console: { log(line: string): void }
declare const __VU: number

const started = new Counter('stampede_started')
const journeys = new Counter('stampede_journeys')
const attempts = new Counter('stampede_attempts')
const intents = new Counter('stampede_intents')
const badPolicies = new Counter('stampede_bad_policies')
const checkout = new Trend('stampede_checkout', true)

// Declined and sold out are right answers: `http_req_failed` is for the others.
setResponseCallback(expectedStatuses({ min: 200, max: 299 }, 402, 409))

/** `error_code` of k6 where there is no whole answer; 1400 and above only repeat the status. */
const brokenAnswerCodes = { from: 1_000, below: 1_400 }

/**
 * What a k6 script exports for one scenario. Settings come from `__ENV`: see crowd/settings.ts.
 * `STAMPEDE_HISTORY=1` prints the first arrival and each journey as a line of JSON: keep them with
 * `--console-output FILE --log-format raw`.
 * @throws Error in the init stage that names the variable that is wrong
 */
export function crowd(scenario: ScenarioName): { options: Options; run: () => Promise<void> } {
  const settings = crowdSettings(__ENV, scenario)
  const printsHistory = __ENV.STAMPEDE_HISTORY === '1'
  const http = shopHttp(settings.target)
  const run = async () => {
    started.add(1)
    if (exec.scenario.iterationInTest === 0) {
      // A series that is born with its first burst shows no rate.
      for (const outcome of journeyOutcomes) journeys.add(0, { outcome })
      if (printsHistory) {
        console.log(JSON.stringify({ firstArrivalMs: Date.now() } satisfies FirstArrival))
      }
    }
    const record = await journeyOf(scenario, http, {
      seed: settings.seed,
      index: exec.scenario.iterationInTest,
      // Keys of an earlier run by hand would be answered with its orders.
      keyPrefix: settings.keyPrefix ?? `hand-${exec.scenario.startTime.toString(36)}`,
      users: settings.users,
      policy: settings.policy,
      design: settings.design,
      onBadPolicy: () => badPolicies.add(1),
    })
    count(record)
    if (printsHistory) console.log(JSON.stringify(record))
  }
  // k6 takes the options of the first run of this file; each user runs it again.
  return { options: __VU === 0 ? optionsFor(settings) : {}, run }
}

function optionsFor(settings: CrowdSettings): Options {
  const { scenario, rate, policy } = settings
  // One virtual user per journey under way; more made in mid-run would disturb the measurement.
  const users = inFlightMax(rate, policy)
  return {
    scenarios: {
      [scenario]: {
        executor: 'ramping-arrival-rate',
        startRate: 0,
        ...k6Schedule(settings),
        preAllocatedVUs: users,
        maxVUs: users,
      },
    },
    discardResponseBodies: true,
    systemTags: ['name', 'status', 'error_code', 'expected_response', 'scenario'],
    summaryTrendStats: ['p(50)', 'p(95)', 'p(99)', 'max'],
  }
}

/** A line on the console, which `--console-output` keeps. */
export const printLine = (line: string): void => console.log(line)

/** HTTP as k6 has it. @param target origin, e.g. `http://127.0.0.1:3000` */
export function shopHttp(target: string): Http {
  return {
    now: () => Date.now(),
    pause: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    send: (request) => send(target, request),
  }
}

async function send(target: string, request: Request): Promise<Answer> {
  const response = await asyncRequest(request.method, target + request.path, request.body ?? null, {
    headers: request.headers,
    timeout: request.timeoutMs,
    redirects: 0,
    tags: { name: request.name },
    responseType: request.needsBody ? 'text' : 'none',
  })
  const { error_code: code } = response
  if (code >= brokenAnswerCodes.from && code < brokenAnswerCodes.below) return { status: 0 }
  return {
    status: response.status,
    clientPolicy: response.headers['X-Client-Policy'],
    retryAfter: response.headers['Retry-After'],
    pass: response.headers['X-Pass'],
    body: typeof response.body === 'string' ? parseJson(response.body) : undefined,
  }
}

function count(record: JourneyRecord): void {
  const tags = { outcome: record.outcome }
  journeys.add(1, tags)
  attempts.add(record.attempts, tags)
  intents.add(record.intents, tags)
  if (record.checkoutMs !== null) checkout.add(record.checkoutMs, tags)
}
