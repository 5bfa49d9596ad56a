import { parseJson } from '../parse-json.ts'

/** How the client of the issuer tries again. */
export interface RetryPolicy {
  /** After the first try. */
  retries: number
  /** Before the second try, doubled before each further one; 0 = none. */
  backoffMs: number
  /** An empty pool is a reason to try again, as it was in source S2. */
  retriesEmpty: boolean
  /** Of each try. */
  timeoutMs: number
  /** Of all tries and the waits between them. */
  deadlineMs: number
}

/** How a try ended; `silent` = no answer in time, or a broken one. */
export const tryOutcomes = ['answered', 'pool-empty', 'unavailable', 'silent'] as const
export type TryOutcome = (typeof tryOutcomes)[number]

export interface IssuerAnswer {
  status: number
  body: string
  contentType: string
  retryAfter: string | null
}

interface IssuerClientOptions {
  url: string
  policy: RetryPolicy
  onTry?: (outcome: TryOutcome) => void
  send?: (url: string, init: RequestInit) => Promise<Response>
  sleep?: (ms: number) => Promise<void>
  now?: () => number
}

/**
 * Asks the issuer, and again as the policy has it and while its deadline lasts: under the same
 * request id, so that no try issues twice.
 * @returns the last answer; undefined where it had none, or where an earlier try may have issued
 * what the last one was refused
 */
export type AskIssuer = (body: string, partnerKey: string) => Promise<IssuerAnswer | undefined>

export function createIssuerClient(options: IssuerClientOptions): AskIssuer {
  const { url, policy, onTry, send = fetch, sleep = Bun.sleep } = options
  const { now = () => performance.now() } = options
  const target = new URL('/api/v1/coupons', url).href

  async function once(body: string, partnerKey: string, attempt: number, timeoutMs: number) {
    const response = await send(target, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-partner-key': partnerKey,
        'x-attempt': String(attempt),
      },
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    })
    return {
      status: response.status,
      body: await response.text(),
      contentType: response.headers.get('content-type') ?? 'application/json',
      retryAfter: response.headers.get('retry-after'),
    } satisfies IssuerAnswer
  }

  return async (body, partnerKey) => {
    const endsAtMs = now() + policy.deadlineMs
    let mayHaveIssued = false
    for (let attempt = 1; ; attempt += 1) {
      const leftMs = Math.max(1, Math.ceil(endsAtMs - now()))
      const timeoutMs = Math.min(policy.timeoutMs, leftMs)
      const answer = await once(body, partnerKey, attempt, timeoutMs).catch(() => undefined)
      const { outcome, isDefinite } = outcomeOf(answer)
      onTry?.(outcome)
      // Half of it at random: those refused together do not come back together.
      const waitMs = policy.backoffMs * 2 ** (attempt - 1) * (0.5 + Math.random() / 2)
      const isOver = outcome === 'answered' || (outcome === 'pool-empty' && !policy.retriesEmpty)
      if (isOver || attempt > policy.retries || now() + waitMs >= endsAtMs) {
        return mayHaveIssued && answer?.status !== 201 ? undefined : answer
      }
      mayHaveIssued ||= !isDefinite
      if (waitMs > 0) await sleep(waitMs)
    }
  }
}

/** How a try ended, and whether it surely issued nothing or what it says. */
function outcomeOf(answer: IssuerAnswer | undefined): { outcome: TryOutcome; isDefinite: boolean } {
  if (!answer) return { outcome: 'silent', isDefinite: false }
  if (answer.status < 400) return { outcome: 'answered', isDefinite: true }
  const problem = parseJson(answer.body) as { code?: unknown; definite?: unknown } | undefined
  const isDefinite = answer.status < 500 || problem?.definite === true
  if (answer.status >= 500) return { outcome: 'unavailable', isDefinite }
  const isEmpty = answer.status === 409 && problem?.code === 'coupon-pool-empty'
  return { outcome: isEmpty ? 'pool-empty' : 'answered', isDefinite }
}
