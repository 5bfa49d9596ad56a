import type { Arrivals } from '../../loadtests/crowd/arrival-times.ts'
import type { RunVerdict } from '../run/result.ts'
import type { Tone } from './document.ts'

/** A verdict in a word, with a sign beside the colour. */
export const verdictWords: Record<RunVerdict, { sign: string; word: string; tone: Tone }> = {
  'as-expected': { sign: '✓', word: 'as expected', tone: 'good' },
  'invariant-broken': { sign: '✗', word: 'invariant broken', tone: 'bad' },
  'target-missed': { sign: '!', word: 'target missed', tone: 'doubt' },
  untrusted: { sign: '?', word: 'not to be trusted', tone: 'doubt' },
}

/** Languages of reports; one that has no other words is in English. */
export const languages = ['en', 'ko'] as const
export type Language = (typeof languages)[number]

const koreanVerdicts: Record<RunVerdict, string> = {
  'as-expected': '계획대로',
  'invariant-broken': '데이터 오류',
  'target-missed': '목표 미달',
  untrusted: '신뢰할 수 없음',
}

/** The verdict in the language of a report. */
export const verdictIn = (verdict: RunVerdict, language: Language = 'en') =>
  language === 'en'
    ? verdictWords[verdict]
    : { ...verdictWords[verdict], word: koreanVerdicts[verdict] }

/** Text that begins with a capital. */
export const asSentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** How journeys arrive, where that is not evenly: `, at random moments (Poisson)`. */
export const arrivalsWords = ({ arrivals }: { arrivals?: Arrivals | undefined }): string =>
  arrivals === 'poisson' ? ', at random moments (Poisson)' : ''

/** Keeps a figure and its unit on one line. */
export function noBreakSpaces(text: string): string {
  return text.replaceAll(/(\d) (?=(?:[×%]|ms|s|µs)(?![\w]))/g, '$1\u00a0')
}
