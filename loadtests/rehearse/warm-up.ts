import type { CrowdAccount } from '../checkers/checker.ts'
import { defaultPolicy } from '../crowd/client-policy.ts'
import type { JourneyRecord } from '../crowd/history.ts'
import { browseAndBuy, journey } from '../crowd/journey.ts'
import { fetchHttp } from '../simulator/fetch-http.ts'
import type { RunningArm } from './arm.ts'

/** So few that no design queues up behind them: nothing is left over when the crowd comes. */
const callers = 8
/** By then an API server has compiled what a sale runs through most. */
const lengthMsMax = 5000
/** Options so much further on are ones that nobody of the crowd wants. */
const shelf = 100

/**
 * Sends customers at an arm before its crowd, each as soon as the one before has done: code is
 * compiled, connections are open. Not measured; audited with the crowd. They buy what the crowd
 * does not, so that however many a design serves in that time, the sale's stock is untouched.
 * @param keyPrefix of their orders: another one than the crowd's
 * @param crowdSeconds how long the crowd comes: it is warmed up for at most half of that
 */
export async function warmUp(
  { api, users }: Pick<RunningArm, 'api' | 'users'>,
  { seed, keyPrefix, crowdSeconds }: { seed: number; keyPrefix: string; crowdSeconds: number },
): Promise<CrowdAccount> {
  const http = fetchHttp(api.url)
  const endsAtMs = performance.now() + Math.min(lengthMsMax, crowdSeconds * 500)
  const history: JourneyRecord[] = []
  let started = 0
  const caller = async () => {
    while (performance.now() < endsAtMs) {
      const index = started++
      const context = { seed, index, keyPrefix, users, policy: defaultPolicy, design: null }
      history.push(await journey(http, context, buyElsewhere))
    }
  }
  await Promise.all(Array.from({ length: callers }, caller))
  return { history, started, keyPrefix }
}

/** Every other one pays without the bank, whose time would be most of a warm-up. */
const buyElsewhere: typeof browseAndBuy = (visit) => {
  const { customer, record } = visit
  const payment = record.index % 2 === 0 ? { method: 'balance' as const } : customer.payment
  const items = customer.items.map(({ optionId, quantity }) => ({
    optionId: String(Number(optionId) + shelf),
    quantity,
  }))
  return browseAndBuy({ ...visit, customer: { ...customer, items, payment } })
}
