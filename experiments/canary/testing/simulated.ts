import { journeyRandom, type Random } from '../../../loadtests/crowd/random.ts'
import { sideBuckets } from '../../../server/metrics/design-requests.ts'
import { type OptionCounts, sumOf, type Timed } from '../counts.ts'
import { baselineSeconds, Canary, type CanaryPlan } from '../plan.ts'

/** A shop and its crowd, in simulated time. */
export interface Shop {
  journeysPerSecond: number
  steps: readonly number[]
  /** Times as long as under the old option, by class; 1 where absent. */
  slower: Partial<Record<'browse' | 'order' | 'pay', number>>
  /** How often a request fails, by side. */
  failing: { base: number; canary: number }
  /** The first requests of the new option take 50 ms more. */
  coldRequests: number
}

export const usualShop: Shop = {
  journeysPerSecond: 20,
  steps: [5, 25, 50, 100],
  slower: {},
  failing: { base: 0.002, canary: 0.002 },
  coldRequests: 0,
}

/** Of a journey's requests one after the other: class, and median of its time in ms. */
const journey = [
  ['browse', 4],
  ['order', 8],
  ['order', 14],
  ['pay', 20],
] as const
/** Of the logarithm of a request's time, and of what all requests of a journey share. */
const [spread, spreadOfJourneys] = [0.6, 0.3]
const tickMs = 500
/** All requests that come in a stall of the database wait for its end. */
const stalls = { everyMs: 8000, meanMs: 300 }
const triesMax = 4
/** The old option's counts are not read earlier. */
const seenFromMs = baselineSeconds * 1000
const noCounts = sumOf([])

export interface Simulated {
  move: 'finish' | 'stop'
  why: string
  percent: number
  /** Since the first customers had the new option. */
  seconds: number
  /** Requests that the new option has slowed down or failed, of all since the canary began. */
  harmed: number
  all: number
}

/** Runs one canary from its first look to its end. */
export function simulateCanary(changed: Partial<Shop>, seed: number): Simulated {
  const shop = { ...usualShop, ...changed }
  const plan: CanaryPlan = {
    ...{ subject: 'reads', base: 'database', canary: 'cached' },
    ...{ steps: shop.steps, stepSeconds: 20 },
  }
  const canary = new Canary(plan, 0)
  const crowd = new Crowd(shop, seed)
  let [firstMs, harmed, all] = [0, 0, 0]
  for (let nowMs = tickMs; ; nowMs += tickMs) {
    const interval = crowd.until(nowMs, canary.percent / 100)
    harmed += harmedIn(shop, interval.canary)
    all += interval.base.requests + interval.canary.requests
    const move = canary.saw(interval, nowMs < seenFromMs ? noCounts : crowd.seen.counts(), nowMs)
    if (move.kind === 'wait') continue
    if (move.kind === 'raise') {
      firstMs ||= nowMs
      continue
    }
    return {
      move: move.kind,
      why: move.kind === 'stop' ? move.why : '',
      percent: canary.percent,
      seconds: (nowMs - firstMs) / 1000,
      ...{ harmed, all },
    }
  }
}

/** A class that is slowed down is harmed whole, else what has failed. */
function harmedIn({ slower }: Shop, { timed, failed }: OptionCounts): number {
  const names = Object.keys(slower)
  return names.reduce((sum, name) => sum + (timed[name]?.count ?? 0), failed)
}

type RequestClass = (typeof journey)[number][0]

/** What one side has had in one interval. */
class Counted {
  requests = 0
  failed = 0
  readonly #bins = { browse: noBins(), order: noBins(), pay: noBins() }

  took(name: RequestClass, seconds: number): void {
    const bins = this.#bins[name]
    let bin = 0
    while (bin < sideBuckets.length && seconds > (sideBuckets[bin] ?? 0)) bin += 1
    bins[bin] = (bins[bin] ?? 0) + 1
  }

  counts(): OptionCounts {
    const { requests, failed } = this
    const { browse, order, pay } = this.#bins
    const timed = { browse: timedIn(browse), order: timedIn(order), pay: timedIn(pay) }
    return { requests, failed, refused: 0, timed }
  }
}

function timedIn(bins: readonly number[]): Timed {
  const within: Record<string, number> = {}
  let count = 0
  for (const [bin, bound] of sideBuckets.entries()) {
    count += bins[bin] ?? 0
    within[bound] = count
  }
  return { count: count + (bins[sideBuckets.length] ?? 0), within }
}

const noBins = (): number[] => Array(sideBuckets.length + 1).fill(0)

interface Journey {
  atMs: number
  side: 'base' | 'canary'
  step: number
  factor: number
}

/** Journeys, each of a customer who keeps the side while the share stands. */
class Crowd {
  readonly #shop: Shop
  readonly #random: Random
  #nextJourneyMs = 0
  #stall = { fromMs: 0, toMs: 0 }
  #cold: number
  #pending: Journey[] = []
  /** Of the old option. */
  readonly seen = new Counted()

  constructor(shop: Shop, seed: number) {
    this.#shop = shop
    this.#random = journeyRandom(seed, 0)
    this.#cold = shop.coldRequests
  }

  until(endMs: number, share: number) {
    const counts = { base: new Counted(), canary: new Counted() }
    while (this.#nextJourneyMs < endMs) {
      const side = this.#random() < share ? 'canary' : 'base'
      const factor = Math.exp(spreadOfJourneys * this.#normal())
      this.#pending.push({ atMs: this.#nextJourneyMs, side, step: 0, factor })
      this.#nextJourneyMs += -Math.log(1 - this.#random()) * (1000 / this.#shop.journeysPerSecond)
    }
    const later: Journey[] = []
    for (const one of this.#pending) {
      while (one.atMs < endMs && one.step < journey.length) this.#request(one, counts[one.side])
      if (one.step < journey.length) later.push(one)
    }
    this.#pending = later
    return { base: counts.base.counts(), canary: counts.canary.counts() }
  }

  #request(one: Journey, counts: Counted): void {
    const [name, medianMs] = journey[one.step] ?? journey[0]
    one.step += 1
    if (this.#random() < this.#shop.failing[one.side]) {
      const tries = 1 + Math.floor(this.#random() * triesMax)
      counts.requests += tries
      counts.failed += tries
      return
    }
    const slower = one.side === 'canary' ? (this.#shop.slower[name] ?? 1) : 1
    const ownMs = medianMs * slower * one.factor * Math.exp(spread * this.#normal())
    const isCold = one.side === 'canary' && this.#cold > 0
    if (isCold) this.#cold -= 1
    const tookMs = ownMs + this.#waitAt(one.atMs) + (isCold ? 50 : 0)
    one.atMs += tookMs
    counts.requests += 1
    counts.took(name, tookMs / 1000)
    if (one.side === 'base') this.seen.took(name, tookMs / 1000)
  }

  #waitAt(atMs: number): number {
    while (this.#stall.toMs < atMs) {
      const fromMs = this.#stall.toMs - Math.log(1 - this.#random()) * stalls.everyMs
      this.#stall = { fromMs, toMs: fromMs - Math.log(1 - this.#random()) * stalls.meanMs }
    }
    return atMs < this.#stall.fromMs ? 0 : this.#stall.toMs - atMs
  }

  #normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.#random()))
    return radius * Math.cos(2 * Math.PI * this.#random())
  }
}
