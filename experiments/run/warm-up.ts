import type { CrowdAccount } from '../../audit/checker.ts'
import { defaultPolicy } from '../../loadtests/crowd/client-policy.ts'
import type { JourneyRecord } from '../../loadtests/crowd/history.ts'
import { browseAndBuy, journey } from '../../loadtests/crowd/journey.ts'
import {
  askedBy,
  type Customer,
  crowdNumbers,
  customerOf,
  type Item,
} from '../../loadtests/crowd/shopping.ts'
import { fetchHttp } from '../../loadtests/simulator/fetch-http.ts'
import type { RunningArm } from './arm.ts'
import { whileOpen } from './closed-loop.ts'
import type { WarmUpEnd } from './result.ts'

/** So few that no design queues up behind them: nothing is left over when the crowd comes. */
const callers = 8
/** The same work for every design: by then an API server has compiled what a sale runs through. */
export const warmUpJourneys = 300
/** A design that is slower than this starts colder, which the report then states. */
const lengthMsMax = 8000
const lengthOfCrowdMax = 0.75
/** From here on the crowd wants none of the options: so many groups of 21 each. */
const groupsFrom = 100
const groups = 14

/**
 * Sends customers at an arm before its crowd, each as soon as the one before has done: code is
 * compiled, connections are open. Not measured; audited with the crowd. The first take a piece each
 * of what the crowd wants, so that every kind of item has been sold once; the others buy elsewhere:
 * the sale's stock stays the same.
 * @param keyPrefix of their orders: another one than the crowd's
 * @param crowdSeconds how long the crowd comes: it is warmed up for at most three quarters of that
 */
export async function warmUp(
  { api, users }: Pick<RunningArm, 'api' | 'users'>,
  { seed, keyPrefix, crowdSeconds }: { seed: number; keyPrefix: string; crowdSeconds: number },
): Promise<CrowdAccount> {
  const http = fetchHttp(api.url)
  const history: JourneyRecord[] = []
  const lengthMs = Math.min(lengthMsMax, crowdSeconds * 1000 * lengthOfCrowdMax)
  const endsAtMs = performance.now() + lengthMs
  const isOpen = (index: number) => index < warmUpJourneys && performance.now() < endsAtMs
  await whileOpen(callers, isOpen, async (index) => {
    const context = { seed, index, keyPrefix, users, policy: defaultPolicy, design: null }
    history.push(await journey(http, context, buyOtherThings))
  })
  const asked = (index: number) => askedBy(otherCustomer(customerOf(seed, index, users), index))
  return { history, started: history.length, keyPrefix, asked }
}

/** Fewer than these in a third say nothing of it. */
const thirdMin = 10

/**
 * How the end of a warm-up compares with what was before; null where it was too short. The last
 * callers are left out: they have the shop more and more to themselves.
 */
export function warmUpEnd(history: readonly JourneyRecord[]): WarmUpEnd | null {
  const timesMs = history
    .toSorted((a, b) => a.index - b.index)
    .slice(0, -callers)
    .map(({ startedMs, endedMs }) => endedMs - startedMs)
  // Every other customer pays without the bank: thirds of even length have as many of them.
  const third = 2 * Math.floor(timesMs.length / 6)
  if (third < thirdMin) return null
  const beforeMs = mean(timesMs.slice(-2 * third, -third))
  const lastMs = mean(timesMs.slice(-third))
  return beforeMs > 0 && lastMs > 0 ? { beforeMs, lastMs } : null
}

const mean = (figures: readonly number[]) =>
  figures.reduce((sum, figure) => sum + figure, 0) / figures.length

const buyOtherThings: typeof browseAndBuy = (visit) =>
  browseAndBuy({ ...visit, customer: otherCustomer(visit.customer, visit.record.index) })

/** Every other one pays without the bank, whose time would be most of a warm-up. */
function otherCustomer(customer: Customer, index: number): Customer {
  const payment = index % 2 === 0 ? { method: 'balance' as const } : customer.payment
  return { ...customer, payment, items: itemsOf(index, customer.items) }
}

function itemsOf(index: number, wanted: readonly Item[]): Item[] {
  if (index < crowdNumbers.hotOptions) return [{ optionId: String(index + 1), quantity: 1 }]
  const offset = groupsFrom + (index % groups) * Number(crowdNumbers.limitedOptionId)
  return wanted.map(({ optionId, quantity }) => ({
    optionId: String(Number(optionId) + offset),
    quantity,
  }))
}
