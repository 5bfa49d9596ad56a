import type { Http } from './http.ts'
import {
  askUntilFull,
  type PartnerPlan,
  type PartnerPolicy,
  type PartnerRecord,
} from './partner.ts'
import { journeyRandom } from './random.ts'
import {
  type Environment,
  loopbackTarget,
  secondsOf,
  seedMax,
  setting,
  wholeOf,
  wordOf,
} from './settings.ts'

/** A crowd of partners: what each asks for, and how it goes on after a refusal. */
export interface PartnersSettings {
  /** Origin of a coupon gateway, or of the API server behind it; loopback. */
  target: string
  /** Partners `partner-1` to `partner-n` take part, with the keys that the seed gives them. */
  partners: number
  /** Coupons of each partner, and of one request. */
  wanted: number
  quantity: number
  product: string
  /** A partner gives up then. */
  durationSeconds: number
  policy: PartnerPolicy
  /** Request ids are `<requestIds>-<n>`; null = the driver makes one up. */
  requestIds: string | null
  seed: number
}

/** Asks for coupons until each has its quantity: no back-off, as source S2 had it. */
export const partnerRush = {
  name: 'partner-rush',
  partners: 4,
  wanted: 1000,
  quantity: 10,
  durationSeconds: 60,
  patienceMs: 10_000,
  backoff: 'none',
} as const

/** Streams 0 to 2 of a seed are those of customers. */
const partnerStream = 3
const policies = ['none', 'asked'] as const

/**
 * Reads `STAMPEDE_TARGET`, `…_PARTNERS`, `…_WANTED`, `…_QUANTITY`, `…_DURATION_SECONDS`,
 * `…_BACKOFF`, `…_PATIENCE_MS`, `…_KEY_PREFIX` and `…_SEED`.
 * @throws SettingsError that names the variable and what it must be
 */
export function partnersSettings(environment: Environment): PartnersSettings {
  const whole = wholeOf(environment)
  const { partners, wanted, quantity, durationSeconds, patienceMs, backoff } = partnerRush
  return {
    target: loopbackTarget(environment.STAMPEDE_TARGET || 'http://127.0.0.1:3000'),
    partners: whole('STAMPEDE_PARTNERS', 1, 1000, partners),
    wanted: whole('STAMPEDE_WANTED', 1, 1_000_000, wanted),
    quantity: whole('STAMPEDE_QUANTITY', 1, 100, quantity),
    product: '1',
    durationSeconds: secondsOf(environment, durationSeconds),
    policy: {
      backoff: setting(environment, 'STAMPEDE_BACKOFF', backoff, 'be none or asked', (text) => {
        return policies.find((name) => name === text) ?? null
      }),
      timeoutMs: whole('STAMPEDE_PATIENCE_MS', 50, 60_000, patienceMs),
    },
    requestIds: wordOf(environment)('STAMPEDE_KEY_PREFIX', /^[\w.-]{1,60}$/),
    seed: whole('STAMPEDE_SEED', 0, seedMax, 1),
  }
}

/** The same settings as variables, for a driver that is a process. */
export const partnersEnvironment = (settings: PartnersSettings): Record<string, string> => ({
  STAMPEDE_TARGET: settings.target,
  STAMPEDE_PARTNERS: String(settings.partners),
  STAMPEDE_WANTED: String(settings.wanted),
  STAMPEDE_QUANTITY: String(settings.quantity),
  STAMPEDE_DURATION_SECONDS: String(settings.durationSeconds),
  STAMPEDE_BACKOFF: settings.policy.backoff,
  STAMPEDE_PATIENCE_MS: String(settings.policy.timeoutMs),
  STAMPEDE_SEED: String(settings.seed),
  ...(settings.requestIds !== null && { STAMPEDE_KEY_PREFIX: settings.requestIds }),
})

/**
 * What one partner does.
 * @param index 0, 1, … of the partners
 * @param startMs epoch milliseconds at which the crowd begins
 */
export function partnerPlan(
  { seed, requestIds, durationSeconds, ...settings }: PartnersSettings,
  index: number,
  startMs: number,
): PartnerPlan {
  const partner = `partner-${index + 1}`
  const { product, wanted, quantity, policy } = settings
  return {
    ...{ partner, product, wanted, quantity, policy },
    key: `key-of-${partner}`,
    requestIds: requestIds ?? `hand-${startMs.toString(36)}`,
    endsAtMs: startMs + durationSeconds * 1000,
    random: journeyRandom(seed, index, partnerStream),
  }
}

/**
 * Lets all partners ask at once, until each has its quantity or has given up.
 * @param own of each partner, besides the plan
 */
export function sendPartners(
  http: Http,
  settings: PartnersSettings,
  own: (index: number) => Partial<PartnerPlan> = () => ({}),
): Promise<PartnerRecord[]> {
  const startMs = http.now()
  return Promise.all(
    Array.from({ length: settings.partners }, (_, index) =>
      askUntilFull(http, { ...partnerPlan(settings, index, startMs), ...own(index) }),
    ),
  )
}

/** Coupons that a partner was given. */
export const couponsOf = ({ requests }: PartnerRecord): number =>
  requests.reduce((sum, { numbers = [] }) => sum + numbers.length, 0)
