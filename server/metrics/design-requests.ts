import type { Registry } from 'prom-client'
import { classOfRoute, type RequestClass, requestClasses } from '../designs/admission/admission.ts'
import { type Design, sequenceOf } from '../designs/design.ts'
import { optionIn, optionsOf, type Subject, subjectNames } from '../designs/flags/flags.ts'
import type { RouteName } from '../route-names.ts'
import { hotCounter, hotHistogram } from './hot.ts'
import { registerMetrics } from './register.ts'
import { counter, durationBuckets, histogram } from './table.ts'

/** `refused` = the client is at fault or out of luck (4xx); `failed` = the shop is (5xx, 429). */
export const designOutcomes = ['ok', 'refused', 'failed'] as const
type Outcome = (typeof designOutcomes)[number]

/** Counts one request of a customer in the design that it had. */
export type RecordDesign = (design: Design, status: number, durationMs: number) => void

export interface DesignMeter {
  /** Undefined for routes that no design decides. */
  route(name: RouteName): RecordDesign | undefined
  /** Their series are there from now on, at 0, before the first request is counted. */
  expect(designs: readonly Design[]): void
}

export const silentDesignMeter: DesignMeter = { route: () => undefined, expect: () => {} }

const series = subjectNames.flatMap((axis) => optionsOf(axis).map((option) => ({ axis, option })))
const labels = { axis: subjectNames, option: [...new Set(series.map(({ option }) => option))] }

export const designRequestMetrics = {
  stampede_design_requests_total: counter(
    'Requests of customers by the option that each axis had for them, and how they ended.',
    { ...labels, outcome: designOutcomes },
  ),
  stampede_design_request_duration_seconds: histogram(
    'Time of requests of customers that did not fail, by class and the option of each axis.',
    durationBuckets,
    { ...labels, class: requestClasses },
  ),
}

const outcomeOf = (status: number): Outcome => {
  if (status >= 500 || status === 429) return 'failed'
  return status >= 400 ? 'refused' : 'ok'
}

interface Counted {
  outcomes: Record<Outcome, (() => void)[]>
  durations: Record<RequestClass, ((seconds: number) => void)[]>
}

/** Counts by option: a series for every option there is, and times for those that are in force. */
export function designMeter(registry: Registry): DesignMeter {
  const requests = hotCounter(designRequestMetrics.stampede_design_requests_total)
  const times = hotHistogram(designRequestMetrics.stampede_design_request_duration_seconds)
  registerMetrics(registry, designRequestMetrics, {
    stampede_design_requests_total: requests.read,
    stampede_design_request_duration_seconds: times.read,
  })
  for (const one of series) {
    for (const outcome of designOutcomes) requests.series({ ...one, outcome })
  }
  const known = new WeakMap<Design, Counted>()
  const countedOf = (design: Design): Counted => {
    let counted = known.get(design)
    if (!counted) {
      // A sequence without a source of its own counts with `ids`.
      const chosen = subjectNames
        .filter((axis) => isOwn(design, axis))
        .map((axis) => ({ axis, option: optionIn(design, axis) }))
      counted = {
        outcomes: each(designOutcomes, (outcome) =>
          chosen.map((one) => requests.series({ ...one, outcome })),
        ),
        durations: each(requestClasses, (name) =>
          chosen.map((one) => times.series({ ...one, class: name })),
        ),
      }
      known.set(design, counted)
    }
    return counted
  }
  return {
    expect: (designs) => designs.forEach(countedOf),
    route(name) {
      const requestClass = classOfRoute[name]
      if (requestClass === null) return undefined
      return (design, status, durationMs) => {
        const { outcomes, durations } = countedOf(design)
        const outcome = outcomeOf(status)
        for (const add of outcomes[outcome]) add()
        if (outcome === 'failed') return
        for (const add of durations[requestClass]) add(durationMs / 1000)
      }
    },
  }
}

function isOwn({ sequences }: Design, subject: Subject): boolean {
  const sequence = sequenceOf(subject)
  return sequence === undefined || sequences[sequence] !== undefined
}

const each = <Name extends string, T>(
  names: readonly Name[],
  of: (name: Name) => T,
): Record<Name, T> => Object.fromEntries(names.map((name) => [name, of(name)])) as Record<Name, T>
