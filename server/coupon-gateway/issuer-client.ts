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
}

/**
 * Asks the issuer, and again as the policy has it: under the same request id, so that no try
 * issues twice.
 * @returns the last answer; undefined where the last try had none
 */
export type AskIssuer = (body: string, partnerKey: string) => Promise<IssuerAnswer | undefined>

export function createIssuerClient(options: IssuerClientOptions): AskIssuer {
  const { url, policy, onTry, send = fetch, sleep = Bun.sleep } = options
  const target = new URL('/api/v1/coupons', url).href

  async function once(body: string, partnerKey: string, attempt: number) {
    const response = await send(target, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-partner-key': partnerKey,
        'x-attempt': String(attempt),
      },
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(policy.timeoutMs),
    })
    return {
      status: response.status,
      body: await response.text(),
      contentType: response.headers.get('content-type') ?? 'application/json',
      retryAfter: response.headers.get('retry-after'),
    } satisfies IssuerAnswer
  }

  return async (body, partnerKey) => {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await once(body, partnerKey, attempt).catch(() => undefined)
      const outcome = outcomeOf(answer)
      onTry?.(outcome)
      const isOver = outcome === 'answered' || (outcome === 'pool-empty' && !policy.retriesEmpty)
      if (isOver || attempt > policy.retries) return answer
      // Half of it at random: those refused together do not come back together.
      const waitMs = policy.backoffMs * 2 ** (attempt - 1)
      if (waitMs > 0) await sleep(waitMs * (0.5 + Math.random() / 2))
    }
  }
}

function outcomeOf(answer: IssuerAnswer | undefined): TryOutcome {
  if (!answer) return 'silent'
  if (answer.status >= 500) return 'unavailable'
  if (answer.status !== 409) return 'answered'
  const problem = parseJson(answer.body) as { code?: unknown } | undefined
  return problem?.code === 'coupon-pool-empty' ? 'pool-empty' : 'answered'
}
