import { z } from 'zod'
import { parseJson } from '../parse-json.ts'

/** A partner did not confirm an event: it may have it, so deliver again under the same id. */
export class PartnerFailed extends Error {
  override name = 'PartnerFailed'

  constructor(
    readonly sink: string,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(`${sink}: ${reason}`, options)
  }
}

export type PartnerSink = 'data-platform' | 'messages'

export interface PartnersClient {
  /** Resolves once the sink confirmed; `body` is sent as JSON. Throws `PartnerFailed`. */
  deliver(sink: PartnerSink, eventId: string, body: unknown): Promise<void>
  /**
   * Delivers many events in one request; each has its own outcome.
   * @returns ids of those that the sink confirmed
   * @throws PartnerFailed where there is no answer for all of them
   */
  deliverAll(sink: PartnerSink, events: readonly PartnerEvent[]): Promise<Set<string>>
}

/** One event of several in a request. */
export interface PartnerEvent {
  eventId: string
  body: unknown
}

const bulkAnswer = z.object({
  outcomes: z.array(z.object({ eventId: z.string(), status: z.enum(['done', 'failed']) })),
})

export interface PartnersClientOptions {
  /** Base URL of the process that the sinks are in. */
  url: string
  /** Deadline of a delivery. */
  timeoutMs?: number
  /** How requests are sent; tests pass their own. */
  send?: (url: string, init: RequestInit) => Promise<Response>
}

export function createPartnersClient(options: PartnersClientOptions): PartnersClient {
  const { url, timeoutMs = 1000, send = fetch } = options

  /** @returns the text of an answer 200 */
  async function post(sink: string, path: string, headers: object, body: unknown): Promise<string> {
    const answer = async () => {
      const response = await send(new URL(path, url).href, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
      })
      return { status: response.status, text: await response.text() }
    }
    const { status, text } = await answer().catch((cause) => {
      throw new PartnerFailed(sink, 'no answer', { cause })
    })
    if (status !== 200) throw new PartnerFailed(sink, `status ${status}`)
    return text
  }

  return {
    async deliver(sink, eventId, body) {
      await post(sink, `/partners/${sink}`, { 'x-event-id': eventId }, body)
    },
    async deliverAll(sink, events) {
      const text = await post(sink, `/partners/${sink}/batch`, {}, { events })
      const { data } = bulkAnswer.safeParse(parseJson(text))
      if (!data) throw new PartnerFailed(sink, 'an answer that is none')
      const done = data.outcomes.filter(({ status }) => status === 'done')
      return new Set(done.map(({ eventId }) => eventId))
    },
  }
}
