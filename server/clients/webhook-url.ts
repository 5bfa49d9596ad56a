import { isLoopbackName } from '../loopback.ts'

/** The webhook setting is neither Slack's nor a loopback sink. The message leaves the URL out. */
export class BadWebhookUrl extends Error {
  override name = 'BadWebhookUrl'
}

/**
 * `https://hooks.slack.com/…` or an `http` sink on loopback, normalised. A webhook URL is a secret
 * and a way into the network, so nothing else is taken. Throws `BadWebhookUrl`.
 */
export function parseWebhookUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isSlack = url?.protocol === 'https:' && url.host === 'hooks.slack.com'
  const isLoopback = url?.protocol === 'http:' && isLoopbackName(url.hostname)
  if (!url || !(isSlack || isLoopback) || url.username || url.password) {
    throw new BadWebhookUrl(
      'the Slack webhook must be https://hooks.slack.com/… or http:// on loopback, no credentials',
    )
  }
  return url.href
}
