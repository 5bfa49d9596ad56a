import { problemIn } from './answers.ts'
import type { Answer, Http } from './http.ts'

/** How a partner goes on after it was refused. */
export interface PartnerPolicy {
  /** `none` asks again at once; `asked` waits as long as `retry-after` has it, and some more. */
  backoff: 'none' | 'asked'
  /** Of each request. */
  timeoutMs: number
}

export interface PartnerPlan {
  partner: string
  key: string
  product: string
  /** Coupons that it asks for until it has them. */
  wanted: number
  /** Coupons of one request. */
  quantity: number
  /** Request ids are `<requestIds>-<n>`, new for every crowd: an old one gets its old coupons. */
  requestIds: string
  policy: PartnerPolicy
  /** Epoch milliseconds at which it gives up. */
  endsAtMs: number
  /** Gives up as soon as it is aborted. */
  over?: { readonly aborted: boolean }
  /** Between 0 and 1, for back-off only. */
  random(): number
  /** Epoch milliseconds before which request 0, 1, … is not sent; at once where absent. */
  dueMs?(request: number): number
  /** Called with each answer; its coupons where it has any. */
  onAnswer?(status: number, coupons: number, tookMs: number): void
}

/** What one request id came to, with all its repeats. */
export interface PartnerRequest {
  requestId: string
  quantity: number
  /** Numbers of the coupons, where it was given any. */
  numbers?: string[]
  /** The last answer was a refusal for good: nothing was issued. */
  isRefused: boolean
}

export interface PartnerRecord {
  partner: string
  requests: PartnerRequest[]
  /** HTTP requests sent. */
  sent: number
  /** Epoch milliseconds at which it had all; null = it gave up. */
  doneMs: number | null
}

/** A partner has no more requests under way, as source S2 lets it. */
const inParallel = 3
/** Behind a refusal that names no time. */
const waitMsUsual = 200

/** Asks in parallel, again and again, until the partner has its quantity or its time is over. */
export async function askUntilFull(http: Http, plan: PartnerPlan): Promise<PartnerRecord> {
  const record: PartnerRecord = { partner: plan.partner, requests: [], sent: 0, doneMs: null }
  const count = Math.ceil(plan.wanted / plan.quantity)
  let next = 0
  let served = 0
  const lane = async () => {
    while (next < count && !isOver(http, plan)) {
      const number = ++next
      const earlyMs = (plan.dueMs?.(number - 1) ?? 0) - http.now()
      if (earlyMs > 0) await http.pause(Math.min(earlyMs, plan.endsAtMs - http.now()))
      const request: PartnerRequest = {
        requestId: `${plan.requestIds}-${number}`,
        quantity: plan.quantity,
        isRefused: false,
      }
      record.requests.push(request)
      if (await askOnceServed(http, plan, request, record)) served += 1
    }
  }
  await Promise.all(Array.from({ length: inParallel }, lane))
  if (served === count) record.doneMs = http.now()
  return record
}

const isOver = (http: Http, { endsAtMs, over }: PartnerPlan): boolean =>
  over?.aborted === true || http.now() >= endsAtMs

/** @returns whether it was served before the partner's time was over */
async function askOnceServed(
  http: Http,
  plan: PartnerPlan,
  request: PartnerRequest,
  record: PartnerRecord,
): Promise<boolean> {
  while (!isOver(http, plan)) {
    const startedMs = http.now()
    record.sent += 1
    const answer = await http.send({
      method: 'POST',
      path: '/api/v1/coupons',
      name: 'coupons.issue',
      headers: { 'content-type': 'application/json', 'x-partner-key': plan.key },
      body: JSON.stringify({
        partner: plan.partner,
        product: plan.product,
        quantity: plan.quantity,
        requestId: request.requestId,
      }),
      timeoutMs: plan.policy.timeoutMs,
      needsBody: true,
    })
    const numbers = numbersIn(answer)
    plan.onAnswer?.(answer.status, numbers?.length ?? 0, http.now() - startedMs)
    request.isRefused = answer.status >= 400 && problemIn(answer.body).definite === true
    if (numbers) {
      request.numbers = numbers
      return true
    }
    const waitMs = waitMsOf(plan, answer)
    if (waitMs > 0) await http.pause(waitMs)
  }
  return false
}

function numbersIn({ status, body }: Answer): string[] | undefined {
  if (status !== 201) return undefined
  const { coupons } = (body ?? {}) as { coupons?: { number: string }[] }
  return coupons?.map(({ number }) => number)
}

function waitMsOf({ policy, random }: PartnerPlan, { retryAfter }: Answer): number {
  if (policy.backoff === 'none') return 0
  const seconds = /^\d{1,2}$/.test(retryAfter ?? '') ? Number(retryAfter) : 0
  return (seconds > 0 ? seconds * 1000 : waitMsUsual) * (0.5 + random() / 2)
}
