import { z } from 'zod'
import { type Breaker, createBreaker } from './breaker.ts'

/** The bank refused this call for now, or was not reached, and charged nothing. */
export class BankUnavailable extends Error {
  override name = 'BankUnavailable'
}

/** The bank refused the call as wrong (a 4xx): it charged nothing, and trying again is vain. */
export class BankRefused extends Error {
  override name = 'BankRefused'

  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
  ) {
    super(`${code}: ${detail}`)
  }
}

export interface ChargeRequest {
  /** Ours, 1 to 128 of A-Z a-z 0-9 _ . : - ; the bank charges it once, however often it is sent. */
  reference: string
  /** Minor units, at least 1. */
  amountMinor: number
  cardToken: string
}

export type ChargeOutcome = 'captured' | 'declined' | 'unknown'
export type FindOutcome = 'captured' | 'declined' | 'refunded' | 'voided' | 'absent' | 'unknown'
export type VoidOutcome = 'refunded' | 'voided' | 'unknown'

/** `unknown` is what a deadline, a lost connection or an answer that makes no sense gives. */
export interface BankClient {
  /** True while the bank has not answered for several calls, so that `charge` would not ask it. */
  isAway(): boolean
  /**
   * Throws `BankUnavailable` and `BankRefused`, which both mean that this call charged nothing.
   * After `unknown` the charge may still land later: settle it with `void`, or ask `find`.
   */
  charge(request: ChargeRequest, headers?: Record<string, string>): Promise<ChargeOutcome>
  /** `absent` holds for now only: a charge on its way may land later. Never throws. */
  find(reference: string): Promise<FindOutcome>
  /**
   * `refunded`: the money went back. `voided`: none was taken, and none will be, since a late
   * charge is declined. Both settle the reference for good. Never throws.
   */
  void(reference: string): Promise<VoidOutcome>
}

export interface BankClientOptions {
  /** Base URL of the bank. */
  url: string
  /** Deadline of each call, answer body included. */
  timeoutMs?: number
  breaker?: Breaker
  /** How requests are sent; tests pass their own. */
  send?: (url: string, init: RequestInit) => Promise<Response>
}

interface Answer {
  status: number
  body: unknown
}

/** `not-sent`: no connection was made. `no-answer`: none came in time, or none that is JSON. */
type Result = Answer | 'not-sent' | 'no-answer'

const isAnswer = (result: Result): result is Answer => typeof result === 'object'

const refusals = new Set(['ECONNREFUSED', 'ConnectionRefused'])

/** So many references that may have been charged are kept, the latest. */
const chargedMax = 10_000

const chargeReply = z.object({ reference: z.string(), status: z.enum(['captured', 'declined']) })
const stateReply = z.object({
  reference: z.string(),
  status: z.enum(['captured', 'declined', 'refunded', 'voided']),
})
const problemReply = z.object({ code: z.string(), detail: z.string(), definite: z.boolean() })

/** A client of the bank that never guesses: without a clear answer the outcome is `unknown`. */
export function createBankClient(options: BankClientOptions): BankClient {
  const { url, timeoutMs = 2000, send = fetch, breaker = createBreaker() } = options

  const charged = new Set<string>()

  function note(reference: string): void {
    charged.add(reference)
    const [oldest = ''] = charged
    if (charged.size > chargedMax) charged.delete(oldest)
  }

  async function ask(path: string, init: RequestInit): Promise<Result> {
    try {
      const signal = AbortSignal.timeout(timeoutMs)
      const response = await send(new URL(path, url).href, { ...init, redirect: 'error', signal })
      return { status: response.status, body: JSON.parse(await response.text()) }
    } catch (error) {
      const { code } = error as { code?: string }
      return refusals.has(code ?? '') ? 'not-sent' : 'no-answer'
    }
  }

  async function call(path: string, init: RequestInit): Promise<Answer | undefined> {
    const result = await ask(path, init)
    return isAnswer(result) ? result : undefined
  }

  const pathOf = (reference: string) => `/v1/charges/${encodeURIComponent(reference)}`

  return {
    isAway: breaker.isOpen,
    async charge(request, headers = {}) {
      const { reference } = request
      const body = JSON.stringify(request)
      const json = { ...headers, 'content-type': 'application/json' }
      const asked = () => ask('/v1/charges', { method: 'POST', headers: json, body })
      const result = (await breaker.run(asked, isAnswer)) ?? 'not-sent'
      if (result === 'not-sent') {
        // An earlier call of this reference may have charged it.
        if (charged.has(reference)) return 'unknown'
        throw new BankUnavailable('the bank cannot be reached')
      }
      const answer = isAnswer(result) ? result : undefined
      throwDefiniteRefusal(answer)
      const reply = chargeReply.safeParse(answer?.body).data
      const isOurs = answer?.status === 200 && reply?.reference === reference
      const outcome = isOurs && reply ? reply.status : 'unknown'
      if (outcome !== 'declined') note(reference)
      return outcome
    },
    async find(reference) {
      const answer = await call(pathOf(reference), {})
      const problem = problemReply.safeParse(answer?.body).data
      if (answer?.status === 404 && problem?.code === 'charge-not-found') return 'absent'
      return stateOf(answer, reference)
    },
    async void(reference) {
      const state = stateOf(await call(`${pathOf(reference)}/void`, { method: 'POST' }), reference)
      // A declined reference stays declined for good, which is all that voiding promises.
      if (state === 'declined') return 'voided'
      return state === 'captured' ? 'unknown' : state
    },
  }
}

function throwDefiniteRefusal(answer: Answer | undefined): void {
  const problem = problemReply.safeParse(answer?.body).data
  if (!answer || !problem?.definite) return
  if (answer.status === 503) throw new BankUnavailable(`${problem.code}: ${problem.detail}`)
  if (answer.status >= 400 && answer.status < 500) {
    throw new BankRefused(answer.status, problem.code, problem.detail)
  }
}

function stateOf(answer: Answer | undefined, reference: string) {
  const reply = stateReply.safeParse(answer?.body).data
  return answer?.status === 200 && reply?.reference === reference ? reply.status : 'unknown'
}
