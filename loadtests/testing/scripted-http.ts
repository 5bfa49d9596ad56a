import { defaultPolicy } from '../crowd/client-policy.ts'
import type { Answer, Http, Request } from '../crowd/http.ts'
import { type JourneyContext, journey } from '../crowd/journey.ts'
import { type Customer, customerOf } from '../crowd/shopping.ts'

export interface ScriptedHttp extends Http {
  requests: Request[]
  pausesMs: number[]
}

/**
 * Answers each request name from its own list; when that is used up, or there is none, as a shop
 * where everything works. Its clock moves 10 ms per request and as long as each pause.
 */
export function scriptedHttp(script: Record<string, Answer[]> = {}): ScriptedHttp {
  const lists = new Map(Object.entries(script).map(([name, answers]) => [name, [...answers]]))
  let nowMs = 1_000
  const http: ScriptedHttp = {
    requests: [],
    pausesMs: [],
    now: () => nowMs,
    async pause(milliseconds) {
      http.pausesMs.push(milliseconds)
      nowMs += milliseconds
    },
    async send(request) {
      http.requests.push(request)
      nowMs += 10
      return lists.get(request.name)?.shift() ?? working(request)
    },
  }
  return http
}

/** A problem+json answer. */
export function problem(status: number, code: string, definite: boolean): Answer {
  return { status, body: { type: 'about:blank', status, code, definite } }
}

/** A payment in the shape of the shop. */
export function payment(status: string) {
  return { id: '77', orderId: '55', method: 'card', status, amountMinor: 900 }
}

function working({ name, body = '' }: Request): Answer {
  if (name === 'order') {
    const inside = body.includes('"payment"') ? { payment: payment('captured') } : {}
    return { status: 201, body: { id: '55', status: 'pending', totalMinor: 900, ...inside } }
  }
  if (name === 'top-up') return { status: 200, body: { id: '9', balanceMinor: 1_000 } }
  if (name === 'cancel') return { status: 200, body: { id: '55', status: 'cancelled' } }
  if (name === 'pay') return { status: 201, body: payment('captured') }
  if (name === 'payment') return { status: 200, body: payment('captured') }
  if (name === 'cart-add') return { status: 201, body: { id: '33', optionId: '1', quantity: 1 } }
  return { status: 200 }
}

export const seed = 7
export const users = 100

/** Index of the first customer of whom `is` holds. */
export function customerWho(is: (customer: Customer) => boolean): number {
  for (let index = 0; index < 100_000; index += 1) {
    if (is(customerOf(seed, index, users))) return index
  }
  throw new Error('no such customer in this crowd')
}

/** Runs one journey with the default policy unless another is given. */
export function runJourney(http: Http, index: number, context: Partial<JourneyContext> = {}) {
  const usual = { seed, index, keyPrefix: 't', users, policy: defaultPolicy, design: null }
  return journey(http, { ...usual, ...context })
}
