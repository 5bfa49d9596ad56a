import type { JourneyRecord } from '../../loadtests/crowd/history.ts'
import { rankOf } from '../judge/statistics.ts'
import { isServed } from '../judge/times.ts'
import { isWithin, type Limit, type Signal } from './condition.ts'

/** What is known of the customers of an arm, while they come or afterwards. */
export interface Customers {
  /** Epoch ms at which they were due, ascending, those who were never sent included. */
  dueMs: readonly number[]
  /** Of journeys that have ended. */
  history: readonly JourneyRecord[]
}

/** Epoch milliseconds; the end is exclusive. */
export interface Window {
  fromMs: number
  toMs: number
}

/**
 * A signal over those who came in a window; goodput counts by when an order was paid. Times are
 * over all that came: who was not answered rightly waited longer than any time (Infinity).
 * @returns null where no customer came, or nothing was asked: no data
 */
export function measure(signal: Signal, customers: Customers, window: Window): number | null {
  const came = customers.dueMs.filter(isIn(window)).length
  if (came === 0) return null
  const isInWindow = isIn(window)
  const own = customers.history.filter(({ startedMs }) => isInWindow(startedMs))
  switch (signal) {
    case 'served':
      return (100 * Math.min(came, own.filter(isServed).length)) / came
    case 'errors':
      return (100 * Math.max(0, came - own.filter(isServed).length)) / came
    case 'goodput': {
      const paid = customers.history.filter(
        (journey) => journey.outcome === 'paid' && isServed(journey) && isInWindow(journey.endedMs),
      )
      return (1000 * paid.length) / (window.toMs - window.fromMs)
    }
    case 'attempts': {
      const sum = (of: 'attempts' | 'intents') => own.reduce((all, one) => all + one[of], 0)
      return sum('intents') === 0 ? null : sum('attempts') / sum('intents')
    }
    default:
      return percentileOf(own, came, Number(signal.slice(1)) / 100)
  }
}

function percentileOf(own: readonly JourneyRecord[], came: number, share: number): number {
  const times = own.filter(isServed).map(({ startedMs, endedMs }) => endedMs - startedMs)
  times.sort((a, b) => a - b)
  return times[rankOf(share, Math.max(came, times.length)) - 1] ?? Number.POSITIVE_INFINITY
}

const isIn =
  ({ fromMs, toMs }: Window) =>
  (ms: number): boolean =>
    ms >= fromMs && ms < toMs

/** The stretches of a window, each as long as asked; the last one ends with the window. */
export function stretchesOf({ fromMs, toMs }: Window, lengthMs: number | undefined): Window[] {
  if (lengthMs === undefined || lengthMs >= toMs - fromMs) return [{ fromMs, toMs }]
  const count = Math.ceil((toMs - fromMs) / lengthMs)
  return Array.from({ length: count }, (_, at) => {
    const startMs = Math.min(fromMs + at * lengthMs, toMs - lengthMs)
    return { fromMs: startMs, toMs: startMs + lengthMs }
  })
}

/** How a limit fared in a window: the value of the stretch that is furthest from it. */
export interface LimitOutcome {
  holds: boolean
  /** Null = no data, which never holds. */
  value: number | null
}

/** Whether a limit holds in every stretch of a window. */
export function judgeLimit(
  limit: Limit,
  customers: Customers,
  window: Window,
  everyMs: number | undefined,
): LimitOutcome {
  const values = stretchesOf(window, everyMs).map((one) => measure(limit.signal, customers, one))
  const holds = values.every((value) => isWithin(limit, value))
  const known = values.filter((value) => value !== null)
  if (known.length < values.length) return { holds, value: null }
  const isUpper = limit.comparison.startsWith('<')
  return { holds, value: isUpper ? Math.max(...known) : Math.min(...known) }
}
