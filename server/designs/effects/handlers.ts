import type { PartnersClient } from '../../clients/partners-client.ts'
import { sendAlert } from '../../clients/slack.ts'
import type { Database } from '../../db/connections.ts'
import { log } from '../../log.ts'
import { countBestSellers, type OrderPaid } from './effects.ts'

const alertTimeoutMs = 3000

/** One thing that has to be done about one event. */
export interface Effect {
  eventId: string
  /** Name in `handlers`. */
  handler: string
  /** The event itself. */
  payload: { type: string }
}

/**
 * What has to be done about an event. `inside` runs in the transaction that writes the inbox row;
 * `outside` runs before it and may run again, so its receiver goes by the event id.
 */
export interface Handler {
  inside?(db: Database, payload: object): Promise<void>
  outside?(services: HandlerServices, eventId: string, payload: object): Promise<void>
}

export interface HandlerServices {
  partners: PartnersClient
  /** Undefined = alerts are only logged and counted. */
  slackWebhookUrl: string | undefined
}

export interface Alert {
  type: 'alert.dead-letter'
  text: string
}

/** The registry of effects by name. */
export const handlers: Record<string, Handler> = {
  'best-sellers': {
    // Several events are counted at once; one order of rows keeps them from deadlocking.
    inside: (db, payload) => countBestSellers(db, sorted(payload as OrderPaid)),
  },
  'data-platform': {
    outside: ({ partners }, eventId, payload) =>
      partners.deliver('data-platform', eventId, payload),
  },
  messages: {
    outside: ({ partners }, eventId, payload) => partners.deliver('messages', eventId, payload),
  },
  slack: {
    async outside({ slackWebhookUrl }, eventId, payload) {
      const { text } = payload as Alert
      log(`alert: ${text}`)
      if (slackWebhookUrl) await sendAlert(slackWebhookUrl, { eventId, text }, alertTimeoutMs)
    },
  },
}

const sorted = (event: OrderPaid): OrderPaid => ({
  ...event,
  lines: event.lines.toSorted((one, other) => Number(one.optionId) - Number(other.optionId)),
})

const handlersByType: Record<string, string[]> = {
  'order.paid': ['best-sellers', 'data-platform', 'messages'],
  'alert.dead-letter': ['slack'],
}

/** Names of the handlers that an event of this type goes to. */
export const handlersOf = (type: string): string[] => handlersByType[type] ?? []

/** Effects of one event. */
export const effectsOf = (eventId: string, payload: { type: string }): Effect[] =>
  handlersOf(payload.type).map((handler) => ({ eventId, handler, payload }))
