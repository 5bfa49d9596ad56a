import { z } from 'zod'

/** The bank refused this call for now and charged nothing: undo, or try again. */
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
  /** How requests are sent; tests pass their own. */
  send?: (url: string, init: RequestInit) => Promise<Response>
}

interface Answer {
  status: number
  body: unknown
}

const chargeReply = z.object({ reference: z.string(), status: z.enum(['captured', 'declined']) })
const stateReply = z.object({
  reference: z.string(),
  status: z.enum(['captured', 'declined', 'refunded', 'voided']),
})
const problemReply = z.object({ code: z.string(), detail: z.string(), definite: z.boolean() })

/** A client of the bank that never guesses: without a clear answer the outcome is `unknown`. */
export function createBankClient(options: BankClientOptions): BankClient {
  const { url, timeoutMs = 2000, send = fetch } = options

  /** The answer, or undefined when none came in time or it was not JSON. */
  async function call(path: string, init: RequestInit): Promise<Answer | undefined> {
    try {
      const signal = AbortSignal.timeout(timeoutMs)
      const response = await send(new URL(path, url).href, { ...init, redirect: 'error', signal })
      return { status: response.status, body: JSON.parse(await response.text()) }
    } catch {
      return undefined
    }
  }

  const pathOf = (reference: string) => `/v1/charges/${encodeURIComponent(reference)}`

  return {
    async charge(request, headers = {}) {
      const answer = await call('/v1/charges', {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify(request),
      })
      throwDefiniteRefusal(answer)
      const reply = chargeReply.safeParse(answer?.body).data
      const isOurs = answer?.status === 200 && reply?.reference === request.reference
      return isOurs && reply ? reply.status : 'unknown'
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
