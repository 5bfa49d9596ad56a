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

/** Text that begins with a capital. */
export const asSentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** How journeys arrive, where that is not evenly: `, at random moments (Poisson)`. */
export const arrivalsWords = ({ arrivals }: { arrivals?: Arrivals | undefined }): string =>
  arrivals === 'poisson' ? ', at random moments (Poisson)' : ''

/** Keeps a figure and its unit on one line. */
export function noBreakSpaces(text: string): string {
  return text.replaceAll(/(\d) (?=(?:[×%]|ms|s|µs)(?![\w]))/g, '$1\u00a0')
}
