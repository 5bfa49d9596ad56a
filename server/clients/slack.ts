import { IncomingWebhook, IncomingWebhookHTTPError } from '@slack/webhook'
import { PartnerFailed } from './partners-client.ts'
import { parseWebhookUrl } from './webhook-url.ts'

export interface Alert {
  /** Sent as header `x-event-id` too, by which the audit counts. */
  eventId: string
  text: string
}

/**
 * Sends one alert to a Slack webhook (or a loopback sink), once, no redirects followed.
 * Throws `BadWebhookUrl`, or `PartnerFailed` when Slack did not confirm within `timeoutMs`.
 */
export async function sendAlert(
  webhookUrl: string,
  { eventId, text }: Alert,
  timeoutMs = 3000,
): Promise<void> {
  const webhook = new IncomingWebhook(parseWebhookUrl(webhookUrl), {
    timeout: timeoutMs,
    fetch: (url, init) => {
      const headers = new Headers(init?.headers)
      headers.set('x-event-id', eventId)
      return fetch(url, { ...init, headers })
    },
  })
  try {
    await webhook.send({ text: `${text} (event ${eventId})` })
  } catch (error) {
    const status = error instanceof IncomingWebhookHTTPError ? error.statusCode : undefined
    // No cause: what the library and fetch say may contain the URL.
    throw new PartnerFailed('slack', status === undefined ? 'no answer' : `status ${status}`)
  }
}
