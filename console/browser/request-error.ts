import { PrometheusError } from '../model/prometheus-client.ts'
import type { Words } from '../model/words.ts'

/** What went wrong, in the kinds that a reader can do something about. */
export type ErrorKind = 'noPrometheus' | 'badQuery' | 'tooLarge' | 'tooSlow' | 'refused' | 'failed'

/** A question without an answer, as the page shows it. */
export class RequestError extends Error {
  override name = 'RequestError'

  constructor(
    readonly kind: ErrorKind,
    detail: string,
  ) {
    super(detail)
  }

  /** The headline and what to do. */
  shownIn(words: Words): { headline: string; hint: string } {
    return { headline: words[this.kind], hint: words[`${this.kind}Hint`] }
  }
}

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

/** Whatever was thrown, as the page shows it: all but answers are faults of the viewer. */
export function requestErrorOf(error: unknown): RequestError {
  if (error instanceof RequestError) return error
  if (error instanceof PrometheusError)
    return new RequestError(kinds[error.type] ?? 'refused', error.message)
  console.error(error)
  return new RequestError('failed', error instanceof Error ? error.message : String(error))
}
