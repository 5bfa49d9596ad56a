import type { PartnerSink, PartnersClient } from '../../clients/partners-client.ts'
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
  /** Both for many events at once: a handler that has either can be run for them together. */
  insideAll?(db: Database, payloads: readonly object[]): void
  /** @returns ids of the events that are done, each for itself */
  outsideAll?(services: HandlerServices, effects: readonly Effect[]): Promise<ReadonlySet<string>>
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
    inside: async (db, payload) => countBestSellers(db, [payload as OrderPaid]),
    insideAll: (db, payloads) => countBestSellers(db, payloads as readonly OrderPaid[]),
  },
  'data-platform': toPartner('data-platform'),
  messages: toPartner('messages'),
  slack: {
    async outside({ slackWebhookUrl }, eventId, payload) {
      const { text } = payload as Alert
      log(`alert: ${text}`)
      if (slackWebhookUrl) await sendAlert(slackWebhookUrl, { eventId, text }, alertTimeoutMs)
    },
  },
}

function toPartner(sink: PartnerSink): Handler {
  return {
    outside: ({ partners }, eventId, payload) => partners.deliver(sink, eventId, payload),
    outsideAll: ({ partners }, effects) =>
      partners.deliverAll(
        sink,
        effects.map(({ eventId, payload }) => ({ eventId, body: payload })),
      ),
  }
}

const handlersByType: Record<string, string[]> = {
  'order.paid': ['best-sellers', 'data-platform', 'messages'],
  'alert.dead-letter': ['slack'],
}

/** Names of the handlers that an event of this type goes to. */
export const handlersOf = (type: string): string[] => handlersByType[type] ?? []

/** Effects of one event. */
export const effectsOf = (eventId: string, payload: { type: string }): Effect[] =>
  handlersOf(payload.type).map((handler) => ({ eventId, handler, payload }))
