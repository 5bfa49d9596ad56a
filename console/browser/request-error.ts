import { PrometheusError } from '../model/prometheus-client.ts'
import type { Words } from '../model/words.ts'

/** What went wrong, in the kinds that a reader can do something about. */
type ErrorKind = 'noPrometheus' | 'badQuery' | 'tooLarge' | 'tooSlow' | 'refused' | 'failed'

/** By the `errorType` of Prometheus or of the console's proxy. */
const kinds: Record<string, ErrorKind> = {
  unreachable: 'noPrometheus',
  'bad-answer': 'noPrometheus',
  timeout: 'tooSlow',
  'too-large': 'tooLarge',
  bad_data: 'badQuery',
  execution: 'badQuery',
  'bad-input': 'badQuery',
}

/** A question without an answer, as the page shows it: the headline and what to do. */
export interface Failure {
  kind: ErrorKind
  headline: string
  hint: string
  detail: string
}

export const failureOf = (kind: ErrorKind, thrown: unknown, words: Words): Failure => ({
  ...{ kind, headline: words[kind], hint: words[`${kind}Hint`] },
  detail: thrown instanceof Error ? thrown.message : String(thrown),
})

/** Whatever was thrown by a question: all but answers are faults of the viewer. */
export function questionFailure(thrown: unknown, words: Words): Failure {
  if (thrown instanceof PrometheusError) {
    return failureOf(kinds[thrown.type] ?? 'refused', thrown, words)
  }
  console.error(thrown)
  return failureOf('failed', thrown, words)
}
