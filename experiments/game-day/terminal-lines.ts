import { amount, duration, percent } from '../judge/format.ts'
import { type Customers, measure, type Window } from './measure.ts'
import type { DayEvent } from './result.ts'

/** `after   15 s  20.0/s came, 99.6 % served, p99 212 ms, 19.8 paid/s` of those of a window. */
export function progressLine(
  arm: string,
  customers: Customers,
  window: Window,
  startMs: number,
): string {
  const of = (signal: Parameters<typeof measure>[0]) => measure(signal, customers, window)
  const [served, p99, goodput] = [of('served'), of('p99'), of('goodput')]
  const seconds = (window.toMs - window.fromMs) / 1000
  const came = customers.dueMs.filter((ms) => ms >= window.fromMs && ms < window.toMs).length
  const parts = [
    `${amount(came / seconds)}/s came`,
    served === null ? 'none came' : `${percent(served)} served`,
    p99 === null ? '' : `p99 ${Number.isFinite(p99) ? duration(p99) : 'more than any'}`,
    goodput === null ? '' : `${amount(goodput)} paid/s`,
  ]
  const at = `${Math.round((window.toMs - startMs) / 1000)} s`
  return lineOf(arm, at, parts.filter((part) => part !== '').join(', '))
}

const lineOf = (arm: string, at: string, text: string) =>
  `  ${arm.padEnd(8)} ${at.padStart(5)}  ${text}`

const eventWords: Record<DayEvent['kind'], (subject: string) => string> = {
  crowd: (subject) => `the crowd goes to ${subject}/s`,
  'fault-on': (subject) => `${subject} is on`,
  'fault-over': (subject) => `${subject} is over`,
  partners: (subject) => `${subject} partners come`,
  'partners-done': (subject) => `${subject} partners are done`,
  human: (subject) => `step for a person: ${subject}`,
  stopped: (subject) => `STOPPED: ${subject}; faults and crowd end now`,
}

export const eventLine = (arm: string, { atSeconds, kind, subject }: DayEvent): string =>
  lineOf(arm, `${Math.round(atSeconds)} s`, `* ${eventWords[kind](subject)}`)
