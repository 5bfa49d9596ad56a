import { RateLimiterRes } from 'rate-limiter-flexible'
import { Problem } from '../../errors.ts'
import type { Admission } from './admission.ts'

/**
 * So many a second of each class, counted in this process by rate-limiter-flexible.
 * in: the class · out: in, or `rate-limited` until the second is over.
 * Leaves open: a fixed rate knows nothing of how slow the database is. Set for a good day it lets
 * too many in on a bad one, set for a bad day it turns buyers away on a good one; and a whole
 * second's share may come in its first millisecond.
 */
export const rateLimited: Admission = {
  async admit({ rates, counts }, { requestClass }) {
    try {
      await rates[requestClass].consume(requestClass)
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal
      counts.refused[requestClass] += 1
      const retryAfterSeconds = Math.max(1, Math.ceil(refusal.msBeforeNext / 1000))
      throw new Problem('rate-limited', { retryAfterSeconds })
    }
    counts.admitted[requestClass] += 1
    return undefined
  },
}
