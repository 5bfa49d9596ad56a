import { IncomingWebhook, IncomingWebhookHTTPError } from '@slack/webhook'
import { PartnerFailed } from './partners-client.ts'

/** The webhook setting is neither Slack's nor a loopback sink. The message leaves the URL out. */
export class BadWebhookUrl extends Error {
  override name = 'BadWebhookUrl'
}

export interface Alert {
  /** Sent as header `x-event-id` too, by which the audit counts. */
  eventId: string
  text: string
}

const loopbackHosts = new Set(['127.0.0.1', 'localhost', '[::1]'])

/**
 * `https://hooks.slack.com/…` or an `http` sink on loopback, normalised. A webhook URL is a secret
 * and a way into the network, so nothing else is taken. Throws `BadWebhookUrl`.
 */
export function parseWebhookUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isSlack = url?.protocol === 'https:' && url.host === 'hooks.slack.com'
  const isLoopback = url?.protocol === 'http:' && loopbackHosts.has(url.hostname)
  if (!url || !(isSlack || isLoopback) || url.username || url.password) {
    throw new BadWebhookUrl(
      'the Slack webhook must be https://hooks.slack.com/… or http:// on loopback, no credentials',
    )
  }
  return url.href
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
