import { UserError } from '../../lab/user-error.ts'
import { type OptionCounts, since, sumOf } from './counts.ts'
import { Canary, type CanaryPlan, type Move } from './plan.ts'
import { EpochConflict, type ShopClient } from './shop-client.ts'
import { seenWords } from './words.ts'

/** How a canary ended. */
export interface CanaryEnd {
  outcome: 'reached' | 'stopped' | 'no-data'
  why: string
  percent: number
  seconds: number
  /** From the reading that raised the alarm until the old option was set for all. */
  backMs: number | null
  requests: { all: number; failed: number; canary: number; canaryFailed: number }
}

/** What a canary is followed with; tests pass their own. */
export interface Following {
  plan: CanaryPlan
  shop: Pick<ShopClient, 'set' | 'setBack' | 'counts'>
  /** Called as it goes on, with a line for a person. */
  tell(line: string): void
  /** Called once, with the first requests of the new option. */
  firstUse(requests: number, percent: number): Promise<void>
  now?: () => number
  pause?: () => Promise<void>
}

const readEveryMs = 500

/**
 * Raises the share step by step while the tests hold, and sets it back at once when one does not,
 * when there is no data, and when it fails itself.
 */
export async function follow(following: Following): Promise<CanaryEnd> {
  const { plan, shop, tell } = following
  const { subject, base, canary } = plan
  const shadow = plan.shadow ? { shadow: plan.shadow } : {}
  const { now = () => performance.now(), pause = () => Bun.sleep(readEveryMs) } = following
  const startedMs = now()
  const state = new Canary(plan, startedMs)
  const reader = new Reader(plan, shop)
  const back = (why: string) => {
    const reason = `canary: ${why}`.slice(0, 200)
    return shop.setBack(subject, { option: base, reason, ...shadow })
  }
  try {
    await reader.read()
    for (;;) {
      await pause()
      const interval = await reader.read().catch(unread)
      if (interval) await tellFirstUse(following, reader, state.percent)
      const sawMs = now()
      const move = state.saw(interval, reader.total.base, sawMs)
      if (move.kind === 'wait') continue
      if (move.kind === 'raise') {
        const reason = `canary: ${move.percent} %`
        if (state.isFirst)
          for (const line of seenWords(plan, reader.rateSince(startedMs, sawMs))) tell(line)
        tell(`${seconds(now() - startedMs)}  ${base} → ${canary}: ${move.percent} %`)
        const change = { option: base, to: canary, percent: move.percent, reason }
        await shop.set(subject, { ...change, ...shadow })
        continue
      }
      if (move.kind === 'finish') {
        await shop.set(subject, { option: canary, reason: 'canary: reached 100 %', ...shadow })
      } else await back(move.why)
      return endOf(move, state, reader, now() - startedMs, now() - sawMs)
    }
  } catch (error) {
    const why = error instanceof EpochConflict ? 'another operator changed the design' : 'it failed'
    await back(why)
    throw error
  }
}

async function tellFirstUse(following: Following, reader: Reader, percent: number): Promise<void> {
  if (reader.isFirstUseSent || reader.total.canary.requests === 0) return
  reader.isFirstUseSent = true
  await following.firstUse(reader.total.canary.requests, percent).catch((error: Error) => {
    following.tell(`the message of the first use was not sent: ${error.message}`)
  })
}

/** Reads what came between two looks, and keeps the sums. */
class Reader {
  readonly total = { base: sumOf([]), canary: sumOf([]) }
  isFirstUseSent = false
  readonly #plan: CanaryPlan
  readonly #shop: Pick<ShopClient, 'counts'>
  #last: Map<string, OptionCounts> | undefined

  constructor(plan: CanaryPlan, shop: Pick<ShopClient, 'counts'>) {
    this.#plan = plan
    this.#shop = shop
  }

  /** Requests per second of both options. */
  rateSince(startedMs: number, nowMs: number): number {
    const requests = this.total.base.requests + this.total.canary.requests
    return (requests * 1000) / (nowMs - startedMs)
  }

  async read() {
    const { subject } = this.#plan
    const now = await this.#shop.counts(subject)
    const last = this.#last ?? now
    this.#last = now
    const of = (side: 'option' | 'to' | 'shadow') =>
      since(sumOf([now.get(side)]), sumOf([last.get(side)]))
    const interval = { base: of('option'), canary: of('to'), shadow: of('shadow') }
    this.total.base = sumOf([this.total.base, interval.base])
    this.total.canary = sumOf([this.total.canary, interval.canary])
    return interval
  }
}

function endOf(
  move: Exclude<Move, { kind: 'wait' | 'raise' }>,
  state: Canary,
  { total }: Reader,
  tookMs: number,
  backMs: number,
): CanaryEnd {
  const requests = {
    all: total.base.requests + total.canary.requests,
    failed: total.base.failed + total.canary.failed,
    canary: total.canary.requests,
    canaryFailed: total.canary.failed,
  }
  const common = { percent: state.percent, seconds: tookMs / 1000, requests }
  if (move.kind === 'finish') {
    return { outcome: 'reached', why: 'every step held', backMs: null, ...common }
  }
  return { outcome: move.isData ? 'stopped' : 'no-data', why: move.why, backMs, ...common }
}

/** A shop that does not answer has no data; anything else is a defect. */
function unread(error: unknown): undefined {
  if (!(error instanceof UserError)) throw error
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(1).padStart(6)} s`
