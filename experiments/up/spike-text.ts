import type { JourneyOutcome, JourneyRecord } from '../../loadtests/crowd/history.ts'
import { amount, duration } from '../judge/format.ts'
import { percentileSorted } from '../judge/statistics.ts'
import type { DriveResult } from '../run/drive.ts'

/** How a crowd fared at an arm, in two lines. */
export function summaryOf(arm: string, result: DriveResult): string {
  const { planned, started, dropped, history } = result
  const count = (outcome: JourneyOutcome) =>
    history.filter((journey) => journey.outcome === outcome).length
  const ended = [
    `${count('paid')} paid`,
    `${count('soldOut')} sold out`,
    `${count('left')} left by plan`,
    `${count('failed')} failed`,
    `${count('unknown')} unknown`,
  ]
  const lost = dropped > 0 ? `, ${dropped} that the generator could not start` : ''
  return [
    `${arm}: ${started} of ${planned} journeys${lost}: ${ended.join(', ')}`,
    `  checkout ${checkoutText(history)} · ${perIntent(history)} attempts per intent`,
  ].join('\n')
}

function checkoutText(history: JourneyRecord[]): string {
  const sorted = history.flatMap(({ checkoutMs }) => checkoutMs ?? []).sort((a, b) => a - b)
  if (sorted.length === 0) return 'none'
  const at = (share: number) => duration(percentileSorted(sorted, share))
  return `p50 ${at(0.5)}, p95 ${at(0.95)}, p99 ${at(0.99)}`
}

function perIntent(history: JourneyRecord[]): string {
  const sum = (of: (journey: JourneyRecord) => number) =>
    history.reduce((total, journey) => total + of(journey), 0)
  const intents = sum(({ intents }) => intents)
  return intents === 0 ? 'no' : amount(sum(({ attempts }) => attempts) / intents)
}
