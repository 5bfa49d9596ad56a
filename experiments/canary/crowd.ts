import { setTimeout } from 'node:timers/promises'
import type { Session } from '../../lab/processes/session.ts'
import type { Http } from '../../loadtests/crowd/http.ts'
import { partnerRush, sendPartners } from '../../loadtests/crowd/partners.ts'
import { fetchHttp } from '../../loadtests/simulator/fetch-http.ts'
import { defaultSeedProfile } from '../../server/db/seed.ts'
import { axes } from '../../server/designs/axes.ts'
import { sendOwnCrowd } from '../up/own-crowd.ts'
import type { Up } from '../up/up-file.ts'
import type { CanaryOptions } from './canary.ts'
import { baselineSeconds } from './plan.ts'

/** A journey makes about so many requests, and partners are given as many. */
export const requestsPerJourney = 4
/** Slack over the steps' own time, so that the crowd outlasts the canary. */
const crowdSlack = 1.5

/**
 * Sends the steady crowd of a canary: partners where only they meet the axis, else customers.
 * @param signal ends it early
 */
export async function sendSteady(
  session: Session,
  up: Up,
  options: CanaryOptions,
  signal: AbortSignal,
): Promise<void> {
  const { arm, rate, seed, steps, stepSeconds, subject } = options
  const seconds = Math.ceil((baselineSeconds + steps.length * stepSeconds) * crowdSlack)
  if ('isOfPartners' in axes[subject]) {
    const requestsPerSecond = rate * requestsPerJourney
    await sendSteadyPartners(up.arms[arm].api, { requestsPerSecond, seconds, seed }, signal)
    return
  }
  await sendOwnCrowd(session, up, {
    ...{ command: 'canary', arm, scenario: 'smoke', rate, seed },
    durationSeconds: seconds,
  })
}

interface Steady {
  requestsPerSecond: number
  seconds: number
  seed: number
}

/**
 * All partners of the seed ask for one coupon in turn, straight at the API server: the tries of a
 * gateway would count a failure several times.
 */
export async function sendSteadyPartners(
  target: string,
  { requestsPerSecond, seconds, seed }: Steady,
  signal: AbortSignal,
): Promise<void> {
  const { partners } = defaultSeedProfile.coupons
  const startMs = Date.now()
  const everyMs = (partners * 1000) / requestsPerSecond
  await sendPartners(
    endingWith(fetchHttp(target), signal),
    {
      ...{ target, partners, quantity: 1, product: '1', durationSeconds: seconds, seed },
      wanted: Math.ceil((requestsPerSecond * seconds) / partners),
      policy: { backoff: 'asked', timeoutMs: partnerRush.patienceMs },
      requestIds: `canary-${startMs.toString(36)}`,
    },
    (index) => ({ dueMs: (at) => startMs + (at + index / partners) * everyMs }),
  )
}

/** The same transport, whose time is over once the signal comes. */
const endingWith = (http: Http, signal: AbortSignal): Http => ({
  ...http,
  now: () => (signal.aborted ? Number.POSITIVE_INFINITY : http.now()),
  async pause(milliseconds) {
    await setTimeout(milliseconds, undefined, { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error
    })
  },
})
