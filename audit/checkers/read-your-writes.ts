import { z } from 'zod'
import type { KeptAnswer } from '../../loadtests/crowd/history.ts'
import { type AskedJourney, askedJourneys } from '../asked-journeys.ts'
import type { Checker, Evidence } from '../checker.ts'
import { judged } from '../findings.ts'
import { crowdsOf } from '../journeys.ts'
import {
  byId,
  entriesIn,
  type ItemRow,
  itemsIn,
  type OrderRow,
  ordersIn,
  paymentsIn,
  usersIn,
} from '../rows.ts'

/** No replica, cache or slow projection may show less than the answer to the buyer. */
export const readYourWrites: Checker = {
  name: 'read-your-writes',
  promise:
    'After paying, a customer finds the order paid, with its items and prices, ' +
    'the cart without them, and a balance from which the payment has gone.',
  needs: ['history'],
  exercise: {
    by: 'pages that customers looked at after paying',
    count: async (evidence) => looksIn(evidence).length,
  },
  async check(evidence) {
    const shop = await shopOf(evidence)
    return judged(looksIn(evidence).flatMap((look) => flawIn(look, shop) ?? []))
  },
}

interface Look {
  journey: AskedJourney
  answer: KeptAnswer
  /** Of the order that was paid for. */
  orderId: string
}

const looksIn = (evidence: Evidence): Look[] =>
  crowdsOf(evidence)
    .flatMap(askedJourneys)
    .flatMap((journey) => {
      const { kept = [], order } = journey.record ?? {}
      const own = kept.filter(({ kind }) => kind in flaws)
      return own.map((answer) => ({ journey, answer, orderId: order?.id ?? '' }))
    })

interface Shop {
  orders: Map<string, OrderRow>
  /** By order. */
  items: Map<string, ItemRow[]>
  balance(userId: string, paymentId: string | undefined): { least: number; most: number }
}

async function shopOf(evidence: Evidence): Promise<Shop> {
  const users = byId(await usersIn(evidence))
  const payments = byId(await paymentsIn(evidence))
  const entries = Map.groupBy(await entriesIn(evidence), ({ userId }) => userId)
  return {
    orders: byId(await ordersIn(evidence)),
    items: Map.groupBy(await itemsIn(evidence), ({ orderId }) => orderId),
    balance(userId, paymentId = '') {
      const own = `payment-${payments.get(paymentId)?.reference}`
      const atFirst = users.get(userId)?.balanceMinor ?? 0
      const bounds = { least: atFirst, most: atFirst }
      // Other movements may have come before or after: only the own payment surely has.
      for (const { reference, amountMinor } of entries.get(userId) ?? []) {
        if (amountMinor < 0 || reference === own) bounds.least += amountMinor
        if (amountMinor > 0 || reference === own) bounds.most += amountMinor
      }
      return bounds
    },
  }
}

const orderSchema = z.object({
  id: z.string(),
  userId: z.string(),
  status: z.string(),
  totalMinor: z.int(),
  items: z.array(
    z.object({ optionId: z.string(), quantity: z.int(), unitPriceMinor: z.int(), units: z.int() }),
  ),
  payment: z.object({ status: z.string(), amountMinor: z.int() }).optional(),
})

const cartSchema = z.object({ items: z.array(z.object({ optionId: z.string() })) })
const userSchema = z.object({ id: z.string(), balanceMinor: z.int() })

type Flaw = (look: Look, shop: Shop) => string | undefined

const flaws: Partial<Record<KeptAnswer['kind'], Flaw>> = {
  'order-read'({ answer, orderId }, { orders, items }) {
    const name = `order ${orderId} was paid and`
    if (answer.status === 404) return `${name} is then not found`
    const { id, userId, status, totalMinor, payment, ...shown } = orderSchema.parse(answer.body)
    const row = orders.get(orderId)
    if (id !== orderId || userId !== row?.userId) {
      return `${name} is shown as order ${id} of user ${userId}`
    }
    if (status !== 'paid') return `${name} is shown as ${status}`
    const paid = payment?.amountMinor
    if (totalMinor !== row.totalMinor || paid !== row.totalMinor) {
      return `${name} is shown at ${totalMinor}, paid with ${paid}: it costs ${row.totalMinor}`
    }
    if (payment?.status !== 'captured')
      return `${name} is shown with its payment ${payment?.status}`
    const [seen, stored] = [shown.items, items.get(orderId) ?? []].map(listOf)
    return seen === stored ? undefined : `${name} is shown with ${seen}, it holds ${stored}`
  },
  'cart-read'({ answer, orderId, journey: { asked, record, piecesMax } }) {
    const isSure = asked.fromCart && piecesMax === 1 && record?.order?.keys.length === 1
    if (!isSure) return undefined
    const { items } = cartSchema.parse(answer.body)
    const left = items.find((item) =>
      asked.items.some(({ optionId }) => optionId === item.optionId),
    )
    return left && `order ${orderId} was paid and option ${left.optionId} is still in the cart`
  },
  'user-read'({ answer, orderId, journey: { asked, record } }, { balance }) {
    const { balanceMinor } = userSchema.parse(answer.body)
    const { least, most } = balance(asked.userId, record?.payment?.id)
    if (balanceMinor >= least && balanceMinor <= most) return undefined
    return (
      `order ${orderId} was paid and user ${asked.userId} then has ${balanceMinor}, ` +
      `which can be ${least} to ${most}`
    )
  },
}

function flawIn(look: Look, shop: Shop): string | undefined {
  try {
    return flaws[look.answer.kind]?.(look, shop)
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error
    return `${look.answer.path} is not whole: ${z.prettifyError(error)}`
  }
}

const listOf = (items: readonly z.infer<typeof orderSchema>['items'][number][]): string =>
  items
    .map(
      ({ optionId, quantity, unitPriceMinor, units }) =>
        `${quantity} × option ${optionId} at ${unitPriceMinor} (${units} units)`,
    )
    .join(', ') || 'nothing'
