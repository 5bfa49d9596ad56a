import type { Registry } from 'prom-client'
import { classOfRoute, type RequestClass, requestClasses } from '../designs/admission/admission.ts'
import { axisNames } from '../designs/axes.ts'
import { type Design, sequenceOf } from '../designs/design.ts'
import { optionIn, optionsOf, type Subject, subjectNames } from '../designs/flags/flags.ts'
import type { Mix } from '../designs/flags/mix.ts'
import type { RouteName } from '../route-names.ts'
import { hotCounter, hotHistogram } from './hot.ts'
import { registerMetrics } from './register.ts'
import { counter, histogram, only } from './table.ts'

/** `refused` = the client is at fault or out of luck (4xx); `failed` = the shop is (5xx, 429). */
export const designOutcomes = ['ok', 'refused', 'failed'] as const
type Outcome = (typeof designOutcomes)[number]

/** Of an axis with two options: that of most customers, and that of a share of them. */
export const sides = ['option', 'to'] as const

/** What a request of a customer went by; no mix = it asked for a design itself. */
export interface Went {
  design: Design
  mix: Mix | undefined
}

/** Counts one request of a customer. */
export type RecordDesign = (went: Went, status: number, durationMs: number) => void

export interface DesignMeter {
  /** Undefined for routes that no design decides. */
  route(name: RouteName): RecordDesign | undefined
}

export const silentDesignMeter: DesignMeter = { route: () => undefined }

/** Every option of every axis and sequence. */
export const optionSeries = subjectNames.flatMap((axis) =>
  optionsOf(axis).map((option) => ({ axis, option })),
)
export const optionLabels = {
  axis: subjectNames,
  option: [...new Set(optionSeries.map(({ option }) => option))],
}

/** Seconds, a factor of 1.6 apart: what takes twice as long is in another bucket. */
export const sideBuckets = [
  0.001, 0.0016, 0.0025, 0.004, 0.0063, 0.01, 0.016, 0.025, 0.04, 0.063, 0.1, 0.16, 0.25, 0.4, 0.63,
  1, 2.5,
]

export const designRequestMetrics = {
  stampede_design_requests_total: only(
    counter('Requests of customers by the option that each axis had for them.', optionLabels),
    optionSeries,
  ),
  stampede_design_split_requests_total: counter(
    'Requests of customers of an axis with two options, by which of them they had and their end.',
    { axis: axisNames, side: sides, outcome: designOutcomes },
  ),
  stampede_design_split_request_duration_seconds: histogram(
    'Time of those that did not fail, by class.',
    sideBuckets,
    { axis: axisNames, side: sides, class: requestClasses },
  ),
}

const outcomeOf = (status: number): Outcome => {
  if (status >= 500 || status === 429) return 'failed'
  return status >= 400 ? 'refused' : 'ok'
}

interface Counted {
  requests: (() => void)[]
  outcomes: Record<Outcome, (() => void)[]>
  durations: Record<RequestClass, ((seconds: number) => void)[]>
}

/** Counts by option, and more of the axes that have two. */
export function designMeter(registry: Registry): DesignMeter {
  const requests = hotCounter(designRequestMetrics.stampede_design_requests_total)
  const ends = hotCounter(designRequestMetrics.stampede_design_split_requests_total)
  const times = hotHistogram(designRequestMetrics.stampede_design_split_request_duration_seconds)
  registerMetrics(registry, designRequestMetrics, {
    stampede_design_requests_total: requests.read,
    stampede_design_split_requests_total: ends.read,
    stampede_design_split_request_duration_seconds: times.read,
  })
  const known = new WeakMap<object, WeakMap<Design, Counted>>()
  const noMix = {}
  const countedOf = ({ design, mix }: Went): Counted => {
    const designs = known.get(mix ?? noMix) ?? new WeakMap<Design, Counted>()
    known.set(mix ?? noMix, designs)
    let counted = designs.get(design)
    if (!counted) {
      const split = mix ? sidesIn(mix, design) : []
      counted = {
        requests: optionsIn(design).map((one) => requests.series(one)),
        outcomes: each(designOutcomes, (outcome) =>
          split.map((one) => ends.series({ ...one, outcome })),
        ),
        durations: each(requestClasses, (name) =>
          split.map((one) => times.series({ ...one, class: name })),
        ),
      }
      designs.set(design, counted)
    }
    return counted
  }
  return {
    route(name) {
      const requestClass = classOfRoute[name]
      if (requestClass === null) return undefined
      return (went, status, durationMs) => {
        const { requests, outcomes, durations } = countedOf(went)
        const outcome = outcomeOf(status)
        for (const add of requests) add()
        for (const add of outcomes[outcome]) add()
        if (outcome === 'failed') return
        for (const add of durations[requestClass]) add(durationMs / 1000)
      }
    },
  }
}

/** A sequence without a source of its own counts with `ids`. */
const optionsIn = (design: Design) =>
  subjectNames
    .filter((axis) => isOwn(design, axis))
    .map((axis) => ({ axis, option: optionIn(design, axis) }))

function isOwn({ sequences }: Design, subject: Subject): boolean {
  const sequence = sequenceOf(subject)
  return sequence === undefined || sequences[sequence] !== undefined
}

const sidesIn = ({ flags }: Mix, { options }: Design) =>
  axisNames.flatMap((axis) => {
    const to = flags[axis]?.to
    if (to === undefined) return []
    return { axis, side: options[axis] === to ? ('to' as const) : ('option' as const) }
  })

const each = <Name extends string, T>(
  names: readonly Name[],
  of: (name: Name) => T,
): Record<Name, T> => Object.fromEntries(names.map((name) => [name, of(name)])) as Record<Name, T>
