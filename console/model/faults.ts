import koreanImitates from '../words/faults-ko.json' with { type: 'json' }
import type { Language } from './words.ts'

export const armNames = ['before', 'after'] as const
export type ArmName = (typeof armNames)[number]

/** A fault as the board of an arm lists it. */
export interface ListedFault {
  name: string
  summary: string
  imitates: string
  example: Record<string, unknown>
  active: boolean
  settings: Record<string, unknown> | null
  remainingSeconds: number
  injected: number
}

/** What of a fault the page lets a reader change. */
export interface Intensity {
  /** Share of the places where it bites, 0 to 1. */
  probability: number
  /** It ends by itself after so long. */
  seconds: number
}

/** Settings of `example` with another intensity, as the board takes them. */
export const bodyOf = (example: object, { probability, seconds }: Intensity): object => ({
  ...example,
  probability,
  ttlSeconds: seconds,
})

const numberOr = (value: unknown, fallback: number) =>
  typeof value === 'number' ? value : fallback

/** The intensity that the example has; the defaults of the board where it names none. */
export const intensityOf = ({ probability, ttlSeconds }: Record<string, unknown>): Intensity => ({
  probability: numberOr(probability, 1),
  seconds: numberOr(ttlSeconds, 60),
})

/** Settings besides the intensity, short: `latencyMs 200 · server database`. */
export const settingsText = (settings: Record<string, unknown>): string =>
  Object.entries(settings)
    .filter(([name]) => name !== 'probability' && name !== 'ttlSeconds')
    .map(([name, value]) => `${name} ${typeof value === 'object' ? JSON.stringify(value) : value}`)
    .join(' · ')

const koreanTexts: Record<string, string> = koreanImitates

/** What a fault imitates, and the language that this is in: a new fault has English only. */
export function imitatesIn(
  language: Language,
  { name, imitates }: Pick<ListedFault, 'name' | 'imitates'>,
): { text: string; language: Language } {
  const korean = language === 'ko' && Object.hasOwn(koreanTexts, name) ? koreanTexts[name] : null
  return korean ? { text: korean, language } : { text: imitates, language: 'en' }
}
