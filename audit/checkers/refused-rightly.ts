import type { JourneyRecord } from '../../loadtests/crowd/history.ts'
import { type AskedJourney, askedJourneys } from '../asked-journeys.ts'
import type { Checker, Evidence } from '../checker.ts'
import {
  type Demand,
  DemandOverTime,
  type OrderRequests,
  orderRequests,
  unitsHeldMax,
  withGifts,
} from '../demand.ts'
import { journeysWith } from '../exercise.ts'
import { judged } from '../findings.ts'
import { crowdsOf } from '../journeys.ts'
import { byId, type OptionRow, optionsIn, usersIn } from '../rows.ts'

/**
 * A refusal costs a shop nothing, so a careless one gives it away. Sound, not complete: a refusal
 * is wrong where nothing that was asked for until then can have made it right.
 */
export const refusedRightly: Checker = {
  name: 'refused-rightly',
  promise:
    'Who was refused was refused for a reason that may have held: sold out, of what may have run ' +
    'short by then, declined, by a card that the bank declines, or a balance that may not have ' +
    'covered it. The count is that of journeys.',
  needs: ['history'],
  exercise: journeysWith(
    'journeys that were refused for stock or payment',
    (record) => isSoldOut(record.order) || paymentRefusal(record) !== undefined,
  ),
  async check(evidence) {
    const requests = crowdsOf(evidence).flatMap((crowd) => orderRequests(askedJourneys(crowd)))
    const soldOut = requests.filter(({ journey }) => isSoldOut(journey.record?.order))
    const unpaid = requests.filter(({ journey }) => paymentRefusal(journey.record) !== undefined)
    const shop = await shopOf(evidence)
    const wrong = [
      ...soldOutWrongly(soldOut, requests, shop),
      ...unpaidWrongly(unpaid, requests, shop),
    ]
    const measured = new Set<JourneyRecord | undefined>(evidence.history)
    return {
      ...judged(wrong.map(({ why }) => why)),
      journeys: wrong.flatMap(({ record }) => (record && measured.has(record) ? record.index : [])),
    }
  },
}

interface WrongRefusal {
  record: JourneyRecord | undefined
  why: string
}

const isSoldOut = (order: JourneyRecord['order']): boolean =>
  order?.outcome === 'fail' && order.code === 'sold-out'

function soldOutWrongly(
  refused: readonly OrderRequests[],
  all: readonly OrderRequests[],
  { options }: Shop,
): WrongRefusal[] {
  const demand = new DemandOverTime(all.map((request) => withGifts(request, options)))
  const shares = sharesOf(all)
  const doneMs = ({ journey }: OrderRequests) => journey.record?.order?.doneMs ?? 0
  return refused
    .toSorted((a, b) => doneMs(a) - doneMs(b))
    .flatMap((request) => {
      const { pieces } = request
      const { asked, record } = request.journey
      const sums = demand.until(doneMs(request))
      const ids = [...pieces.keys()]
      const mayHaveRunShort = ids.some((id) =>
        mayRunShort(options.get(id), sums.get(id), shares.get(`${asked.userId} ${id}`)),
      )
      if (mayHaveRunShort) return []
      const key = record?.order?.keys.at(-1)
      const why = `key ${key} was refused as sold out, yet of options (${ids}) none can be short`
      return [{ record, why }]
    })
}

/** Pieces that a user may have had of an option, by `user option`. */
function sharesOf(all: readonly OrderRequests[]): Map<string, number> {
  const shares = new Map<string, number>()
  for (const { journey, pieces, tries } of all) {
    for (const [id, quantity] of pieces) {
      const own = `${journey.asked.userId} ${id}`
      shares.set(own, (shares.get(own) ?? 0) + quantity * tries)
    }
  }
  return shares
}

/** Of a promotion; as the shop has it. */
const piecesPerCustomerMax = 10

function mayRunShort(
  option: OptionRow | undefined,
  demand: Demand | undefined,
  share = 0,
): boolean {
  if (!option || !demand) return true
  const { kind, stock, quota } = option
  if (unitsHeldMax(option, demand) > stock) return true
  const isPromotion = kind === 'promotion'
  if ((isPromotion || kind === 'reservation') && demand.pieces > quota) return true
  return isPromotion && share > piecesPerCustomerMax
}

/** Why a payment was refused, in words of the shop; undefined where none was, or not for good. */
function paymentRefusal(record: JourneyRecord | undefined): string | undefined {
  const { outcome, order, payment } = record ?? {}
  const asked = payment ?? order
  if (asked?.outcome !== 'fail') return undefined
  if (asked.status === 402) return asked.code ?? 'without a reason'
  // Declined once the bank had answered: the client learned of it by asking again.
  return payment && outcome === 'left' ? 'card-declined' : undefined
}

function unpaidWrongly(
  refused: readonly OrderRequests[],
  all: readonly OrderRequests[],
  shop: Shop,
): WrongRefusal[] {
  const requestsOf = Map.groupBy(all, ({ journey }) => journey.asked.userId)
  return refused.flatMap(({ journey }) => {
    const wrong = whyUnpaidWrongly(journey, requestsOf.get(journey.asked.userId) ?? [], shop)
    if (wrong === undefined) return []
    const { payment, order } = journey.record ?? {}
    const key = payment?.keys.at(-1) ?? order?.keys.at(-1)
    return [{ record: journey.record, why: `key ${key} was ${wrong}` }]
  })
}

/** Undefined where the refusal may have been right. @param own all requests of this user */
function whyUnpaidWrongly(
  { asked: { payment, userId }, record }: AskedJourney,
  own: readonly OrderRequests[],
  shop: Shop,
): string | undefined {
  const paidBy = payment.method === 'card' ? payment.cardToken : 'balance'
  const why = paymentRefusal(record) ?? ''
  if (why === 'card-declined') {
    return paidBy === 'card-declined' ? undefined : `declined, it paid by ${paidBy}`
  }
  if (why !== 'insufficient-balance') return `refused ${why}`
  const spent = costOf(own, shop.options)
  const balance = shop.balances.get(userId) ?? 0
  if (paidBy === 'balance' && spent > balance) return undefined
  return `refused for its balance: ${balance}, for ${spent} at most`
}

/** Of all that a user ever asked for, if each request was paid for. */
function costOf(requests: readonly OrderRequests[], options: Shop['options']): number {
  return requests.reduce(
    (sum, { pieces, tries }) =>
      [...pieces].reduce(
        (cost, [id, quantity]) => cost + quantity * tries * (options.get(id)?.priceMinor ?? 0),
        sum,
      ),
    0,
  )
}

/** What the shop had before the first customer came. */
interface Shop {
  options: Map<string, OptionRow>
  /** By user. */
  balances: Map<string, number>
}

const shopOf = async (evidence: Evidence): Promise<Shop> => ({
  options: byId(await optionsIn(evidence)),
  balances: new Map((await usersIn(evidence)).map(({ id, balanceMinor }) => [id, balanceMinor])),
})
