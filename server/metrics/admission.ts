import type { Registry } from 'prom-client'
import { requestClasses } from '../designs/admission/admission.ts'
import type { Doors } from '../designs/admission/doors.ts'
import { hotHistogram } from './hot.ts'
import { durationBounds } from './requests.ts'
import { scrapedByLabel, scrapedGauge } from './scraped.ts'

/** Who came to the door and what became of them. A design without a door counts nothing. */
export function registerAdmissionMetrics(registry: Registry, { gate, counts }: Doors): void {
  const byClass = (name: string, help: string, read: () => Record<string, number>) =>
    scrapedByLabel(
      registry,
      { name: `stampede_admission_${name}`, help, labelName: 'class' },
      'counter',
      read,
    )
  const gauge = (name: string, help: string, read: () => number) =>
    scrapedGauge(registry, `stampede_admission_${name}`, help, read)
  byClass('admitted_total', 'Requests let in, by class.', () => counts.admitted)
  byClass('refused_total', 'Requests refused at the door, by class.', () => counts.refused)
  gauge('limit', 'Requests that may be in at once.', () => gate.state.limit)
  gauge('in_flight', 'Requests that were let in and are not answered yet.', () => gate.state.inside)
  gauge('queue_length', 'Requests that wait at the door.', () => gate.state.waiting)
  const waits = hotHistogram(registry, {
    name: 'stampede_admission_wait_seconds',
    help: 'Time at the door until let in or refused, by class.',
    labelName: 'class',
    bounds: durationBounds,
  })
  const series = Object.fromEntries(requestClasses.map((name) => [name, waits.series(name)]))
  gate.onDecision = (requestClass, waitedMs) => series[requestClass]?.(waitedMs / 1000)
}
