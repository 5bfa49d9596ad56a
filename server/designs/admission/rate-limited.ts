import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { Problem } from '../../errors.ts'
import type { Readings } from '../../metrics/register.ts'
import type { Lifecycle, Option } from '../option.ts'
import {
  type Admission,
  type AdmissionCounts,
  type Arrival,
  admissionMetrics,
  type ByClass,
  byClass,
  noAdmissions,
} from './admission.ts'

export const rateLimited = {
  summary: 'so many a second of each class, whatever the database can take',
  doc: 'Counted in this process by rate-limiter-flexible.',
  in: 'the class',
  out: 'in, or `rate-limited` until the second is over',
  leavesOpen:
    'set for a good day it lets too many in on a bad one, set for a bad day it turns buyers away ' +
    'on a good one; and a whole second’s share may come in its first millisecond',
  hazard: 'a fixed rate knows nothing of how slow the database is',
  metrics: admissionMetrics,
  open: () => new RateLimitedAdmission(),
} satisfies Option<Admission>

/** A guess, as fixed rates are: about what two cores take of this shop with a bank of 150 ms. */
const ratesDefault: ByClass<number> = { pay: 300, order: 450, browse: 300 }

export class RateLimitedAdmission implements Admission, Lifecycle {
  readonly counts: AdmissionCounts = noAdmissions()
  readonly readings: Readings<typeof admissionMetrics> = {
    stampede_admission_admitted_total: () => this.counts.admitted,
    stampede_admission_refused_total: () => this.counts.refused,
  }
  readonly #limiters: ByClass<RateLimiterMemory>

  /** @param rates requests a second */
  constructor(rates = ratesDefault) {
    this.#limiters = byClass((name) => new RateLimiterMemory({ points: rates[name], duration: 1 }))
  }

  async admit({ requestClass }: Arrival): Promise<undefined> {
    try {
      await this.#limiters[requestClass].consume(requestClass)
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal
      this.counts.refused[requestClass] += 1
      const retryAfterSeconds = Math.max(1, Math.ceil(refusal.msBeforeNext / 1000))
      throw new Problem('rate-limited', { retryAfterSeconds })
    }
    this.counts.admitted[requestClass] += 1
  }
}
