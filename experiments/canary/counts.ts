import { requestClasses } from '../../server/designs/admission/admission.ts'

/** Requests of one class and how many of them were faster than each bound, in seconds. */
export interface Timed {
  count: number
  within: Record<string, number>
}

/** What the shop has counted of the customers of one option. */
export interface OptionCounts {
  requests: number
  failed: number
  refused: number
  timed: Record<string, Timed>
}

const none = (): OptionCounts => ({
  requests: 0,
  failed: 0,
  refused: 0,
  timed: Object.fromEntries(requestClasses.map((name) => [name, { count: 0, within: {} }])),
})

const shadowed = 'stampede_shadow_requests_total'
const sample = /^(stampede_(?:design|shadow)_\w+)\{([^}]*)\} (\S+)$/
const label = /(\w+)="([^"]*)"/g

/** Ends of a request of a shadow that was compared, and did not only show that data changed. */
const compared = ['same', 'late', 'natural', 'mismatched']

/**
 * Counts by side of a split axis (`option`, `to`), out of the text of `GET /metrics`; under
 * `shadow` the requests that a shadow has compared, of which those that differ have failed.
 */
export function countsIn(text: string, axis: string): Map<string, OptionCounts> {
  const found = new Map<string, OptionCounts>()
  for (const line of text.split('\n')) {
    const [, name = '', labels = '', number = ''] = sample.exec(line) ?? []
    const values = Object.fromEntries(
      [...labels.matchAll(label)].map(([, key, value]) => [key, value]),
    )
    if (values.axis !== axis) continue
    const side = name === shadowed ? 'shadow' : values.side
    if (side === undefined) continue
    const counts = found.get(side) ?? none()
    found.set(side, counts)
    add(counts, name, values, Number(number))
  }
  return found
}

function add(
  counts: OptionCounts,
  name: string,
  { outcome, class: named = '', le = '' }: Record<string, string | undefined>,
  value: number,
): void {
  if (name === 'stampede_design_split_requests_total') {
    counts.requests += value
    if (outcome === 'failed') counts.failed += value
    if (outcome === 'refused') counts.refused += value
  }
  if (name === shadowed && compared.includes(outcome ?? '')) {
    counts.requests += value
    if (outcome === 'mismatched') counts.failed += value
  }
  const timed = counts.timed[named]
  if (!timed) return
  if (name === 'stampede_design_split_request_duration_seconds_count') timed.count += value
  if (name === 'stampede_design_split_request_duration_seconds_bucket') {
    timed.within[le] = (timed.within[le] ?? 0) + value
  }
}

/** Counts of one option in several processes. */
export function sumOf(all: readonly (OptionCounts | undefined)[]): OptionCounts {
  return all.reduce<OptionCounts>(
    (sum, one) => combined(sum, one ?? none(), (a, b) => a + b),
    none(),
  )
}

/** What came since; a process that was started again counts from 0. */
export const since = (now: OptionCounts, before: OptionCounts): OptionCounts =>
  now.requests < before.requests ? now : combined(now, before, (a, b) => a - b)

function combined(
  one: OptionCounts,
  other: OptionCounts,
  how: (a: number, b: number) => number,
): OptionCounts {
  return {
    requests: how(one.requests, other.requests),
    failed: how(one.failed, other.failed),
    refused: how(one.refused, other.refused),
    timed: Object.fromEntries(
      requestClasses.map((name) => {
        const [a, b] = [one.timed[name], other.timed[name]]
        const bounds = new Set([...Object.keys(a?.within ?? {}), ...Object.keys(b?.within ?? {})])
        const within = [...bounds].map((bound) => [
          bound,
          how(a?.within[bound] ?? 0, b?.within[bound] ?? 0),
        ])
        return [
          name,
          { count: how(a?.count ?? 0, b?.count ?? 0), within: Object.fromEntries(within) },
        ]
      }),
    ),
  }
}
