import type { Registry } from 'prom-client'
import { requestClasses } from '../designs/admission/admission.ts'
import type { Doors } from '../designs/admission/doors.ts'
import { hotHistogram } from './hot.ts'
import { registerMetrics } from './register.ts'
import { counter, durationBuckets, gauge, histogram } from './table.ts'

const labels = { class: requestClasses }

/** Who came to the door and what became of them. */
export const admissionMetrics = {
  stampede_admission_admitted_total: counter('Requests let in, by class.', labels),
  stampede_admission_refused_total: counter('Requests refused at the door, by class.', labels),
  stampede_admission_limit: gauge('Requests that may be in at once.'),
  stampede_admission_in_flight: gauge('Requests that were let in and are not answered yet.'),
  stampede_admission_queue_length: gauge('Requests that wait at the door.'),
  stampede_admission_wait_seconds: histogram(
    'Time at the door until let in or refused, by class.',
    durationBuckets,
    labels,
  ),
}

/** A design without a door counts nothing. */
export function registerAdmissionMetrics(registry: Registry, { gate, counts }: Doors): void {
  const waits = hotHistogram(admissionMetrics.stampede_admission_wait_seconds)
  const waited = waits.each('class')
  gate.onDecision = (requestClass, waitedMs) => waited[requestClass](waitedMs / 1000)
  registerMetrics(registry, admissionMetrics, {
    stampede_admission_admitted_total: () => counts.admitted,
    stampede_admission_refused_total: () => counts.refused,
    stampede_admission_limit: () => gate.state.limit,
    stampede_admission_in_flight: () => gate.state.inside,
    stampede_admission_queue_length: () => gate.state.waiting,
    stampede_admission_wait_seconds: waits.read,
  })
}
