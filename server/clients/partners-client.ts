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
}

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

  async function post(sink: PartnerSink, eventId: string, body: unknown): Promise<number> {
    const response = await send(new URL(`/partners/${sink}`, url).href, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-event-id': eventId },
      body: JSON.stringify(body),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    })
    await response.body?.cancel()
    return response.status
  }

  return {
    async deliver(sink, eventId, body) {
      const status = await post(sink, eventId, body).catch((cause) => {
        throw new PartnerFailed(sink, 'no answer', { cause })
      })
      if (status !== 200) throw new PartnerFailed(sink, `status ${status}`)
    },
  }
}
