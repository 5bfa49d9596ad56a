import type { SeededBug } from './bug.ts'

export const events: readonly SeededBug[] = [
  {
    bug: 'an effect is missing',
    caughtBy: 'effects-once',
    says: 'order-paid-101 has 2 of its 3',
    sql: [`delete from effects where event_id = 'order-paid-101' and handler = 'best-sellers'`],
  },
  {
    bug: 'an effect is done, the partner never heard',
    caughtBy: 'effects-once',
    says: 'messages never received order-paid-101',
    evidence: ({ deliveries }) => deliveries.splice(3, 1),
  },
  {
    bug: 'a paid order without its event',
    caughtBy: 'effects-once',
    says: 'never received order-paid-107',
    evidence: (evidence) => {
      evidence.deliveries = evidence.deliveries.filter(({ eventId }) => !eventId.endsWith('107'))
    },
  },
  {
    bug: 'dead without an alert',
    caughtBy: 'effects-once',
    says: 'dead without an alert',
    sql: [
      `delete from outbox where event_id = 'alert-order-paid-102-messages'`,
      `delete from effects where event_id = 'alert-order-paid-102-messages'`,
    ],
  },
  {
    bug: 'two alerts for one dead effect',
    caughtBy: 'effects-once',
    says: 'alert-order-paid-102-messages-2',
    sql: [
      `insert into outbox (event_id, type, payload, created_at, relayed_at)
       values ('alert-order-paid-102-messages-2', 'effect.dead', '{}', now(), now())`,
      `insert into effects
       values ('alert-order-paid-102-messages-2', 'slack', 'done', 1, null, now())`,
    ],
  },
  {
    bug: 'an alert that was never sent',
    caughtBy: 'effects-once',
    says: 'was not sent',
    sql: [`delete from effects where handler = 'slack' and status = 'done'`],
  },
  {
    bug: 'an event of an order that is not paid',
    caughtBy: 'effects-once',
    says: 'order-paid-103 is not the event',
    sql: [
      `insert into outbox (event_id, type, payload, created_at, relayed_at)
       values ('order-paid-103', 'order.paid', '{}', now(), now())`,
      `insert into effects
       select 'order-paid-103', handler, 'done', 1, null, now() from effects
       where event_id = 'order-paid-101'`,
    ],
  },
  {
    bug: 'a second event of one order',
    caughtBy: 'effects-once',
    says: 'order-paid-101-2',
    sql: [
      `insert into outbox (event_id, type, payload, created_at, relayed_at)
       values ('order-paid-101-2', 'order.paid', '{}', now(), now())`,
      `insert into effects
       select 'order-paid-101-2', handler, 'done', 1, null, now() from effects
       where event_id = 'order-paid-101'`,
    ],
  },
  {
    bug: 'an effect of no event',
    caughtBy: 'effects-once',
    says: 'belongs to no event',
    sql: [`insert into effects values ('order-paid-103', 'messages', 'done', 1, null, now())`],
  },
  {
    bug: 'an effect that its event does not have',
    caughtBy: 'effects-once',
    says: 'effect slack of order-paid-101',
    sql: [`insert into effects values ('order-paid-101', 'slack', 'done', 1, null, now())`],
  },
  {
    bug: 'a partner was told of an order that was rolled back',
    caughtBy: 'effects-once',
    says: 'order-paid-999',
    evidence: ({ deliveries }) =>
      deliveries.push({ sink: 'messages', eventId: 'order-paid-999', count: 1 }),
  },
  {
    bug: 'best-sellers counted a sale twice',
    caughtBy: 'effects-once',
    says: 'option 12 sold 1, best-sellers have 2',
    sql: ['update daily_popular_products set total_sold = total_sold + 1 where option_id = 12'],
  },
  {
    bug: 'best-sellers counted what is dead',
    caughtBy: 'effects-once',
    says: 'option 11 sold 2, best-sellers have 3',
    sql: ['update daily_popular_products set total_sold = total_sold + 1 where option_id = 11'],
  },
  {
    bug: 'an event that was never relayed',
    caughtBy: 'outbox-drained',
    says: 'order-paid-101 was never handed',
    sql: [`update outbox set relayed_at = null where event_id = 'order-paid-101'`],
  },
  {
    bug: 'a relayed event whose effects are under way',
    caughtBy: 'outbox-drained',
    says: 'order-paid-101 has 1 of its 3',
    sql: [`delete from effects where event_id = 'order-paid-101' and handler <> 'messages'`],
  },
  {
    bug: 'an alert that went to a partner instead',
    caughtBy: 'outbox-drained',
    says: 'alert-order-paid-102-best-sellers was not sent',
    sql: [`update effects set handler = 'messages' where handler = 'slack' and status = 'done'`],
  },
]
