import { type ClientPolicy, defaultPolicy } from './client-policy.ts'

/** Arrivals per second move in a line to `targetRate`, at first from 0; 0 s make a jump. */
export interface Stage {
  durationSeconds: number
  /** Whole journeys per second: k6 takes no fractions. */
  targetRate: number
}

/**
 * What customers of a scenario do. Only those of `shop` and `full-flow` buy: without a sale there
 * is no goodput, and so no verdict about a design.
 */
export type VisitKind = 'shop' | 'full-flow' | 'browse' | 'top-up'

export interface Scenario {
  /** One sentence for the head of a run. */
  describe(rate: number, durationSeconds: number): string
  /** Arrival curve for a peak rate (journeys per second) and a length. */
  stages(rate: number, durationSeconds: number): Stage[]
  /** What its customers do: an entry of visits.ts. */
  visit: VisitKind
  /** How its clients behave while the server sends no other policy. */
  policy: ClientPolicy
  /** For runs by hand. */
  defaults: { rate: number; durationSeconds: number }
  /**
   * For rehearsals. The usual flash sale fits five minutes: fewer than six blocks an arm give no
   * 95 % interval of a median (benchstat).
   */
  rehearsal: Record<'usual' | 'quick', RehearsalShape>
  /** Peak rate in percent of what the judged design serves here; null = the rate of the shape. */
  shareOfServed: number | null
}

export interface RehearsalShape {
  blocks: number
  durationSeconds: number
  /** Peak arrivals per second. */
  rate: number
}

/** Share of the peak rate that comes before the sale opens and is left when it is over. */
const idleShare = 0.15

/** Share of the peak rate that an overloaded shop can serve: the crowd is five times that. */
const usualShare = 0.2

/** Without the digits that a computer adds to 0.3 × 11. */
const amount = (seconds: number) => Number(seconds.toFixed(3))

const constant = (rate: number, durationSeconds: number): Stage[] => [
  { durationSeconds: 0, targetRate: rate },
  { durationSeconds, targetRate: rate },
]

/** Shares of the peak rate that come one after the other, and of the time (whole µs for k6). */
const stepShares = [
  { ofRate: 0.2, ofTime: 0.3 },
  { ofRate: 0.5, ofTime: 0.3 },
  { ofRate: 1, ofTime: 0.4 },
]

const stepRates = (rate: number): number[] =>
  stepShares.map(({ ofRate }) => Math.max(1, Math.round(rate * ofRate)))

/** Source S3's load: 20, 50 and 100 requests per second to each endpoint. */
const steps = (rate: number, durationSeconds: number): Stage[] =>
  stepShares.flatMap(({ ofTime }, at) =>
    constant(stepRates(rate)[at] ?? rate, durationSeconds * ofTime),
  )

const stepsText = (rate: number, seconds: number): string =>
  `${stepRates(rate).join(', then ')} journeys/s; ${amount(seconds)} s in all`

/** What the scenarios of source S3 share. */
const inSteps = {
  stages: steps,
  policy: defaultPolicy,
  defaults: { rate: 100, durationSeconds: 60 },
}

const stepShapes = (rate: number): Scenario['rehearsal'] => ({
  usual: { blocks: 6, durationSeconds: 15, rate },
  quick: { blocks: 2, durationSeconds: 9, rate },
})

/** Each has a script of its name in loadtests/k6, for runs by hand. */
export const scenarios = {
  smoke: {
    describe: (rate, seconds) => `a steady ${rate} journeys/s for ${seconds} s`,
    stages: constant,
    visit: 'shop',
    policy: defaultPolicy,
    defaults: { rate: 10, durationSeconds: 10 },
    rehearsal: {
      usual: { blocks: 2, durationSeconds: 6, rate: 20 },
      quick: { blocks: 2, durationSeconds: 4, rate: 20 },
    },
    shareOfServed: null,
  },
  'flash-sale': {
    describe: (rate, seconds) =>
      `${idleRate(rate)} journeys/s before the sale opens, then up to ${rate}/s within ` +
      `${amount(seconds / 10)} s, held for ${amount(seconds / 2)} s, and down again; ` +
      `${seconds} s in all`,
    stages: (rate, seconds) => [
      { durationSeconds: 0, targetRate: idleRate(rate) },
      { durationSeconds: seconds * 0.2, targetRate: idleRate(rate) },
      { durationSeconds: seconds * 0.1, targetRate: rate },
      { durationSeconds: seconds * 0.5, targetRate: rate },
      { durationSeconds: seconds * 0.2, targetRate: idleRate(rate) },
    ],
    visit: 'shop',
    policy: defaultPolicy,
    defaults: { rate: 200, durationSeconds: 60 },
    rehearsal: {
      usual: { blocks: 6, durationSeconds: 10, rate: 60 },
      quick: { blocks: 2, durationSeconds: 5, rate: 60 },
    },
    shareOfServed: 60,
  },
  'retry-storm': {
    describe: (rate, seconds) =>
      `a steady ${rate} journeys/s for ${seconds} s, with the retry policy that the server sends`,
    stages: constant,
    visit: 'shop',
    policy: defaultPolicy,
    defaults: { rate: 100, durationSeconds: 60 },
    rehearsal: {
      usual: { blocks: 6, durationSeconds: 20, rate: 30 },
      quick: { blocks: 2, durationSeconds: 14, rate: 30 },
    },
    shareOfServed: 40,
  },
  overload: {
    describe: (rate, seconds) =>
      `${usualRate(rate)} journeys/s, all at once ${rate}/s for ${amount(seconds * 0.3)} s, ` +
      `and ${usualRate(rate)}/s again; ${seconds} s in all`,
    stages: (rate, seconds) => [
      ...constant(usualRate(rate), seconds * 0.3),
      ...constant(rate, seconds * 0.3),
      ...constant(usualRate(rate), seconds * 0.4),
    ],
    visit: 'shop',
    policy: defaultPolicy,
    defaults: { rate: 250, durationSeconds: 60 },
    rehearsal: {
      usual: { blocks: 6, durationSeconds: 12, rate: 400 },
      quick: { blocks: 2, durationSeconds: 8, rate: 400 },
    },
    shareOfServed: 500,
  },
  'full-flow': {
    describe: (rate, seconds) =>
      `each customer tops up the balance, looks at everything, and orders and pays from it: ` +
      stepsText(rate, seconds),
    ...inSteps,
    visit: 'full-flow',
    rehearsal: stepShapes(60),
    shareOfServed: 40,
  },
  browse: {
    describe: (rate, seconds) =>
      'each customer looks at the list, the best sellers and one product, and leaves: ' +
      stepsText(rate, seconds),
    ...inSteps,
    visit: 'browse',
    rehearsal: stepShapes(100),
    shareOfServed: null,
  },
  'top-up': {
    describe: (rate, seconds) =>
      `each customer tops up the balance and leaves: ${stepsText(rate, seconds)}`,
    ...inSteps,
    visit: 'top-up',
    rehearsal: stepShapes(100),
    shareOfServed: null,
  },
} satisfies Record<string, Scenario>

export type ScenarioName = keyof typeof scenarios
export const scenarioNames = Object.keys(scenarios) as ScenarioName[]

/** Scenarios whose customers buy: only of these can a run judge a design. */
export const saleNames = scenarioNames.filter((name) =>
  ['shop', 'full-flow'].includes(scenarios[name].visit),
)

const idleRate = (rate: number): number => Math.max(1, Math.round(rate * idleShare))

const usualRate = (rate: number): number => Math.max(1, Math.round(rate * usualShare))

/** Seconds from and to which the curve stays at its highest rate. */
export function peakOf(stages: readonly Stage[]): { fromSeconds: number; toSeconds: number } {
  const highest = Math.max(...stages.map(({ targetRate }) => targetRate))
  let [at, from, peak] = [0, 0, { fromSeconds: 0, toSeconds: 0 }]
  for (const { durationSeconds, targetRate } of stages) {
    const isFlat = durationSeconds > 0 && from === targetRate
    if (isFlat && targetRate === highest) {
      peak = { fromSeconds: at, toSeconds: at + durationSeconds }
    }
    at += durationSeconds
    from = targetRate
  }
  return peak
}

/** Answers that a journey may wait for at their longest: an order and a payment, retried. */
const patientAnswers = 3

/**
 * Journeys that may be under way at once; what would come on top is dropped and counted. Rate × the
 * longest wait of a whole journey, 50..1200: each costs k6 half a megabyte.
 */
export function inFlightMax(rate: number, policy: ClientPolicy): number {
  const longestMs = policy.timeoutMs * patientAnswers
  return Math.min(1_200, Math.max(50, Math.ceil((rate * longestMs) / 1_000)))
}
