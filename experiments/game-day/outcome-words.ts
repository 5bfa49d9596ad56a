import { amount, duration, percent } from '../judge/format.ts'
import type { TonedText } from '../report/document.ts'
import { noBreakSpaces } from '../report/words.ts'
import type { DayEvent, Outcome } from './result.ts'
import type { GameDayWords } from './words.ts'

/** What was measured of an expectation, with its unit. */
export function figureWords({ value, unit, why }: Outcome, words: GameDayWords): string {
  if (value === null) return why ? `${words.noData}: ${why}` : words.noData
  if (value === 'more than any') return unit === 'ms' ? words.moreThanAny : words.never
  if (unit === 'audit') return value === 0 ? words.clean : (why ?? amount(value))
  if (unit === '%') return percent(value)
  if (unit === 'ms') return duration(value)
  if (unit === 's') return duration(value * 1000)
  return `${amount(value)}${unit}`
}

/** `✓ met` or `✗ missed`, with what was measured. */
export function outcomeWords(outcome: Outcome, words: GameDayWords): TonedText {
  const { wanted, holds } = outcome
  const [word, tone] = {
    holds: holds ? ([words.met, 'good'] as const) : ([words.missed, 'bad'] as const),
    breaks: holds
      ? ([words.heldUnexpectedly, 'bad'] as const)
      : ([words.brokenAsWritten, 'good'] as const),
    either: [holds ? words.eitherMet : words.eitherMissed, 'soft'] as const,
  }[wanted]
  return { text: `${word} (${noBreakSpaces(figureWords(outcome, words))})`, tone }
}

/** The amount of an event: times that a fault acted, or seconds. */
export const valueWords = (much: number, kind: DayEvent['kind'], words: GameDayWords): string =>
  kind === 'fault-over' ? amount(much) : Number.isFinite(much) ? duration(much * 1000) : words.never
