import { caughtBy } from './bug.ts'

const outboxRow = (eventId: string, type: string) =>
  `insert into outbox (event_id, type, payload, created_at, relayed_at)
   values ('${eventId}', '${type}', '{}', now(), now())`

/** An event of a sale with its three effects, as that of order 101. */
const saleEvent = (eventId: string) => [
  outboxRow(eventId, 'order.paid'),
  `insert into effects select '${eventId}', handler, 'done', 1, null, now() from effects
   where event_id = 'order-paid-101'`,
]

/** The alert of the second death of an effect that has died once. */
export const secondAlert = [
  outboxRow('alert-order-paid-102-messages-2', 'effect.dead'),
  `insert into effects values ('alert-order-paid-102-messages-2', 'slack', 'done', 1, null, now())`,
]

export const events = [
  ...caughtBy('effects-once', {
    'an effect is missing': {
      says: 'order-paid-101 has 2 of its 3',
      sql: [`delete from effects where event_id = 'order-paid-101' and handler = 'best-sellers'`],
    },
    'an effect is done, the partner received nothing': {
      says: 'messages never received order-paid-101',
      evidence: ({ deliveries }) => deliveries.splice(3, 1),
    },
    'a paid order without its event': {
      says: 'never received order-paid-107',
      evidence: (evidence) => {
        evidence.deliveries = evidence.deliveries.filter(({ eventId }) => !eventId.endsWith('107'))
      },
    },
    'dead without an alert': {
      says: 'dead without an alert',
      sql: [
        `delete from outbox where event_id = 'alert-order-paid-102-messages'`,
        `delete from effects where event_id = 'alert-order-paid-102-messages'`,
      ],
    },
    'two alerts for one dead effect': {
      says: 'alert-order-paid-102-messages-2',
      sql: secondAlert,
    },
    'an alert that was never sent': {
      says: 'was not sent',
      sql: [`delete from effects where handler = 'slack' and status = 'done'`],
    },
    'an event of an order that is not paid': {
      says: 'order-paid-103 is not the event',
      sql: saleEvent('order-paid-103'),
    },
    'a second event of one order': {
      says: 'order-paid-101-2',
      sql: saleEvent('order-paid-101-2'),
    },
    'an effect of no event': {
      says: 'belongs to no event',
      sql: [`insert into effects values ('order-paid-103', 'messages', 'done', 1, null, now())`],
    },
    'an effect that its event does not have': {
      says: 'effect slack of order-paid-101',
      sql: [`insert into effects values ('order-paid-101', 'slack', 'done', 1, null, now())`],
    },
    'a partner received an order that was rolled back': {
      says: 'order-paid-999',
      evidence: ({ deliveries }) =>
        deliveries.push({ sink: 'messages', eventId: 'order-paid-999', count: 1 }),
    },
    'best-sellers counted a sale twice': {
      says: 'option 12 sold 1, best-sellers have 2',
      sql: ['update daily_popular_products set total_sold = total_sold + 1 where option_id = 12'],
    },
    'best-sellers counted what is dead': {
      says: 'option 11 sold 2, best-sellers have 3',
      sql: ['update daily_popular_products set total_sold = total_sold + 1 where option_id = 11'],
    },
  }),
  ...caughtBy('outbox-drained', {
    'an event that was never relayed': {
      says: 'order-paid-101 was never handed',
      sql: [`update outbox set relayed_at = null where event_id = 'order-paid-101'`],
    },
    'a relayed event whose effects are under way': {
      says: 'order-paid-101 has 1 of its 3',
      sql: [`delete from effects where event_id = 'order-paid-101' and handler <> 'messages'`],
    },
    'an alert that went to a partner instead': {
      says: 'alert-order-paid-102-best-sellers was not sent',
      sql: [`update effects set handler = 'messages' where handler = 'slack' and status = 'done'`],
    },
  }),
]
