import { idIn, intakeIn, paymentIn } from '../../loadtests/crowd/answers.ts'
import { defaultPolicy } from '../../loadtests/crowd/client-policy.ts'
import type { Http } from '../../loadtests/crowd/http.ts'
import { type Client, type Intent, type Pursuit, pursue } from '../../loadtests/crowd/intent.ts'
import { journeyRandom } from '../../loadtests/crowd/random.ts'
import { partnerKey } from '../../server/db/seed.ts'

/** What a user does at the shop. */
export const verbs = ['browse', 'order', 'pay', 'cancel', 'coupon'] as const
export type Verb = (typeof verbs)[number]

/** How one request ended for the user. `failed` = without an answer that says what became of it. */
export type Ending = 'done' | 'pending' | 'refused' | 'failed'

export interface Sample {
  verb: Verb
  ending: Ending
  /** Epoch ms at which it was due, and how long it took with all its tries. */
  startedMs: number
  tookMs: number
  /** Of what the shop has acknowledged: an order, or the number of a coupon. */
  acknowledged?: string
}

const partner = 'partner-1'
/** Options of products that are sold one by one, in the seed. */
const optionsSold = 20

/** A user of one shop. @param run names the keys, so that no two runs share one */
export function openUser(http: Http, users: number, run: string) {
  let turn = 0
  const own = {
    ...http,
    send: (request: Parameters<Http['send']>[0]) => http.send(withKey(request)),
  }

  const ask = async (verb: Verb, intent: Intent): Promise<Pursuit> => {
    turn += 1
    return await pursue(clientOf(own, turn, users), { ...intent, name: verb })
  }
  const key = () => `matrix-${run}-${turn}-${crypto.randomUUID().slice(0, 8)}`
  const order = (): Intent => ({
    ...{ method: 'POST', path: '/api/v1/orders', name: 'order', key: key() },
    body: {
      userId: String(1 + (turn % users)),
      items: [{ optionId: String(1 + (turn % optionsSold)), quantity: 1 }],
    },
    whole: (body) => idIn(body) !== null || intakeIn(body) !== null,
  })
  const intents: Record<Verb, (orderId: string) => Intent> = {
    browse: () => ({
      ...{ method: 'GET', path: `/api/v1/products/${1 + (turn % 10)}`, name: 'browse' },
    }),
    order,
    pay: (orderId) => ({
      ...{ method: 'POST', path: '/api/v1/payments', name: 'pay', key: key() },
      body: { orderId, method: 'card', cardToken: 'card-accepted' },
      whole: (body) => paymentIn(body) !== null,
    }),
    cancel: (orderId) => ({
      ...{ method: 'POST', path: `/api/v1/orders/${orderId}/cancel`, name: 'cancel' },
      whole: (body) => idIn(body) !== null,
    }),
    coupon: () => ({
      ...{ method: 'POST', path: '/api/v1/coupons', name: 'coupon' },
      body: { partner, product: '1', quantity: 1, requestId: key() },
      whole: (body) => couponIn(body) !== undefined,
    }),
  }
  return {
    /** Places an order that is paid or cancelled later. @throws Error where it is not placed */
    async placed(): Promise<string> {
      const { answer, outcome } = await ask('order', order())
      const id = idIn(answer.body)
      if (outcome === 'ok' && id !== null) return id
      throw new Error(`an order was not placed before the fault: ${outcome}, ${answer.status}`)
    },
    /** @param orderId of an order that was placed, for `pay` and `cancel` */
    async does(verb: Verb, orderId: string): Promise<Sample> {
      const pursuit = await ask(verb, intents[verb](orderId))
      const { answer, invokedMs, doneMs } = pursuit
      const ending = endingOf(pursuit)
      const id =
        verb === 'coupon' ? couponIn(answer.body) : verb === 'order' ? idIn(answer.body) : orderId
      return {
        ...{ verb, ending, startedMs: invokedMs, tookMs: doneMs - invokedMs },
        ...(ending === 'done' && id && verb !== 'browse' ? { acknowledged: id } : {}),
      }
    },
  }
}

export type User = ReturnType<typeof openUser>

function endingOf({ outcome, answer }: Pursuit): Ending {
  if (outcome === 'ok') return answer.status === 202 ? 'pending' : 'done'
  return outcome === 'fail' ? 'refused' : 'failed'
}

function couponIn(body: unknown): string | undefined {
  const { coupons } = (body ?? {}) as { coupons?: unknown }
  const [first] = Array.isArray(coupons) ? (coupons as { number?: unknown }[]) : []
  return typeof first?.number === 'string' ? first.number : undefined
}

/** Partners prove who they are. */
const withKey = (request: Parameters<Http['send']>[0]): typeof request =>
  request.name === 'coupon'
    ? { ...request, headers: { ...request.headers, 'x-partner-key': partnerKey(partner) } }
    : request

const clientOf = (http: Http, turn: number, users: number): Client => ({
  ...{ http, userId: String(1 + (turn % users)), policy: defaultPolicy, own: defaultPolicy },
  ...{ random: journeyRandom(1, turn, 1), design: null, attempts: 0, intents: 0 },
  onBadPolicy: () => {},
})
