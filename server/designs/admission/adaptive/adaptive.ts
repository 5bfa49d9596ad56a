import type { Services } from '../../../ctx.ts'
import { hotHistogram } from '../../../metrics/hot.ts'
import type { Readings } from '../../../metrics/register.ts'
import { durationBuckets, gauge, histogram } from '../../../metrics/table.ts'
import type { Lifecycle, Option } from '../../option.ts'
import {
  type Admission,
  type AdmissionCounts,
  type Arrival,
  admissionMetrics,
  noAdmissions,
  type RequestClass,
  requestClasses,
} from '../admission.ts'
import { type Clock, realClock } from './clock.ts'
import { Gate, type PoolTimes } from './gate.ts'
import type { LimitBounds } from './limit.ts'
import { createPasses, type Passes } from './passes.ts'

const metrics = {
  ...admissionMetrics,
  stampede_admission_limit: gauge('Requests that may be in at once.'),
  stampede_admission_in_flight: gauge('Requests that were let in and are not answered yet.'),
  stampede_admission_queue_length: gauge('Requests that wait to be let in.'),
  stampede_admission_wait_seconds: histogram(
    'Time from arrival until let in or refused, by class.',
    durationBuckets,
    { class: requestClasses },
  ),
}

export const adaptive = {
  summary: 'as many as the pool serves without a queue; payments first, browsing last',
  in: 'class, pass',
  out: 'in at once, in after a short wait, or `overloaded` with a time to come back',
  closes: 'work for people who have gone, and journeys that are begun and cannot be finished',
  leavesOpen:
    'passes are known to the process that gave them: behind a balancer that sends a client ' +
    'elsewhere they count for nothing, and a shared pass jumps the queue, never the limit',
  metrics,
  open({ connections }: Services) {
    const { limits, counters } = connections
    return new AdaptiveAdmission({ limit: limitOf(limits.connections), pool: counters })
  },
} satisfies Option<Admission>

/**
 * Never fewer than there are connections: nothing would wait for one. At most several times as
 * many, at the bank or on their way.
 */
export const limitOf = (connections: number): LimitBounds => ({
  initial: connections * 4,
  min: connections,
  max: connections * 32,
})

/** The gate of one process: all its requests share one pool. */
export class AdaptiveAdmission implements Admission, Lifecycle {
  readonly counts: AdmissionCounts = noAdmissions()
  readonly gate: Gate
  readonly passes: Passes
  readonly #waits = hotHistogram(metrics.stampede_admission_wait_seconds)
  readonly readings: Readings<typeof metrics> = {
    stampede_admission_admitted_total: () => this.counts.admitted,
    stampede_admission_refused_total: () => this.counts.refused,
    stampede_admission_limit: () => this.gate.state.limit,
    stampede_admission_in_flight: () => this.gate.state.inside,
    stampede_admission_queue_length: () => this.gate.state.waiting,
    stampede_admission_wait_seconds: this.#waits.read,
  }

  constructor({
    clock = realClock,
    ...rest
  }: {
    clock?: Clock
    limit: LimitBounds
    pool: PoolTimes
  }) {
    const waited = this.#waits.each('class')
    const onDecision = (requestClass: RequestClass, waitedMs: number) =>
      waited[requestClass](waitedMs / 1000)
    this.gate = new Gate({ clock, counts: this.counts, onDecision, ...rest })
    this.passes = createPasses(clock)
  }

  admit({ requestClass, pass, gone }: Arrival): ReturnType<Admission['admit']> {
    const isLetIn = requestClass === 'pay' || this.passes.isValid(pass)
    const entry = this.gate.enter(requestClass, isLetIn, gone)
    return isLetIn ? entry : withPass(entry, this.passes.issue)
  }
}

type Entries = ReturnType<Admission['admit']>

/** An admission token for a client that has none yet, once its request is in. */
function withPass(entries: Entries, issue: () => string): Entries {
  if (entries instanceof Promise) {
    return entries.then((entry) => entry && { ...entry, pass: issue() })
  }
  return entries && { ...entries, pass: issue() }
}

/** Of a shop whose pool is never waited for. */
export const idlePool: PoolTimes = { waitMs: 0, heldMs: 0 }
