/** What a condition compares with a limit. */
export const signals = {
  served: 'share of those who came that were answered rightly, percent',
  errors: 'share of those who came that were answered by an error or not at all, percent',
  goodput: 'paid orders per second',
  p50: 'time from arrival to the end, half of all that came, milliseconds',
  p95: 'the same, 95 % of all that came',
  p99: 'the same, 99 % of all that came',
  attempts: 'requests for each thing wanted',
} as const

export type Signal = keyof typeof signals
export const signalNames = Object.keys(signals) as Signal[]

const comparisons = ['<=', '>=', '<', '>'] as const
export type Comparison = (typeof comparisons)[number]

/** A signal against a limit. */
export interface Limit {
  kind: 'limit'
  signal: Signal
  comparison: Comparison
  /** Percent, per second, milliseconds or a ratio, as the signal has it. */
  limit: number
}

/** What must come to be within so many seconds. */
export interface Deadline {
  kind: 'recovered' | 'work-done' | 'partners-done'
  seconds: number
}

export type Condition = Limit | Deadline | { kind: 'audit-clean' }

const units: Record<Signal, Record<string, number>> = {
  served: { '%': 1 },
  errors: { '%': 1 },
  goodput: { '/s': 1 },
  p50: { ms: 1, s: 1000 },
  p95: { ms: 1, s: 1000 },
  p99: { ms: 1, s: 1000 },
  attempts: { '': 1 },
}

/** `10s` in seconds; null for anything else. */
export function parseTime(text: string): number | null {
  const match = /^(\d{1,4}(?:\.\d{1,3})?)(ms|s|m)$/.exec(text)
  if (!match) return null
  const seconds = Number(match[1]) * ({ ms: 0.001, s: 1, m: 60 }[match[2] ?? ''] ?? Number.NaN)
  return Number(seconds.toFixed(3))
}

const deadlines: Record<string, Deadline['kind']> = {
  'recovered within': 'recovered',
  'all work done within': 'work-done',
  'partners done within': 'partners-done',
}

export const conditionForms =
  'must be like "served >= 99%", "p99 <= 800ms", "goodput >= 15/s", "attempts <= 1.5", ' +
  '"recovered within 8s", "all work done within 20s", "partners done within 20s" or "audit clean"'

/** A signal, a comparison and a number with its unit. @returns why it is none, where it is not */
export function parseLimit(text: string): Limit | string {
  const match = /^(\S+)\s*(<=|>=|<|>)\s*(\d+(?:\.\d+)?)\s*(%|\/s|ms|s|)$/.exec(text.trim())
  if (!match) return conditionForms
  const [, name = '', comparison, number, unit = ''] = match
  const signal = signalNames.find((one) => one === name)
  if (!signal) return `has no signal "${name}"; there are ${signalNames.join(', ')}`
  const factor = units[signal][unit]
  if (factor === undefined) {
    const known = Object.keys(units[signal]).map((one) => one || 'no unit')
    return `${signal} takes ${known.join(' or ')}, not ${unit || 'no unit'}`
  }
  const limit = Number(number) * factor
  if (unit === '%' && limit > 100) return `${signal} is at most 100%`
  return { kind: 'limit', signal, comparison: comparison as Comparison, limit }
}

/** @returns why the text is no condition, where it is none */
export function parseCondition(text: string): Condition | string {
  const trimmed = text.trim()
  if (trimmed === 'audit clean') return { kind: 'audit-clean' }
  const [, phrase = '', time = ''] = /^([a-z ]+) within (\S+)$/.exec(trimmed) ?? []
  const kind = deadlines[`${phrase} within`]
  if (!kind) return parseLimit(trimmed)
  const seconds = parseTime(time)
  return seconds === null ? `"${time}" is not a time such as 8s` : { kind, seconds }
}

const within: Record<Comparison, (value: number, limit: number) => boolean> = {
  '<=': (value, limit) => value <= limit,
  '>=': (value, limit) => value >= limit,
  '<': (value, limit) => value < limit,
  '>': (value, limit) => value > limit,
}

/** Whether a value is within the limit; null, no data, never is. */
export const isWithin = ({ comparison, limit }: Limit, value: number | null): boolean =>
  value !== null && within[comparison](value, limit)
