import {
  bigint,
  index,
  int,
  json,
  longtext,
  mysqlTable,
  primaryKey,
  smallint,
  uniqueIndex,
  varchar,
} from 'drizzle-orm/mysql-core'
import { id, moment } from './columns.ts'

/** One row per key: the sequence table that every id of the old design queues for. */
export const sequences = mysqlTable('sequences', {
  name: varchar('name', { length: 32 }).primaryKey(),
  value: id('value').notNull(),
})

/** Flickr's ticket table: the row of a sequence is replaced, which gives it the next number. */
export const replacedTickets = mysqlTable(
  'replaced_tickets',
  {
    id: bigint('id', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
    name: varchar('name', { length: 32 }).notNull(),
  },
  (table) => [uniqueIndex('replaced_tickets_name').on(table.name)],
)

/** High-water marks of the ticket server: no id above one was ever handed out. */
export const ticketMarks = mysqlTable('ticket_marks', {
  name: varchar('name', { length: 32 }).primaryKey(),
  highWater: id('high_water').notNull(),
  updatedAt: moment('updated_at').notNull(),
})

/** A split flow under way; recovery ends those whose lease has expired. */
export const sagas = mysqlTable(
  'sagas',
  {
    id: bigint('id', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
    kind: varchar('kind', { length: 20 }).notNull(),
    idempotencyKey: varchar('idempotency_key', { length: 100 }).notNull(),
    status: varchar('status', {
      length: 8,
      enum: ['running', 'undoing', 'done', 'undone'],
    }).notNull(),
    design: varchar('design', { length: 255 }).notNull(),
    state: json('state').notNull(),
    attempts: int('attempts').notNull(),
    leaseUntil: moment('lease_until').notNull(),
  },
  (table) => [
    index('sagas_status_lease').on(table.status, table.leaseUntil),
    index('sagas_idempotency_key').on(table.idempotencyKey),
  ],
)

/** `fenced` is a tombstone: the step never ran and never will, however late its executor wakes. */
export const sagaSteps = mysqlTable(
  'saga_steps',
  {
    sagaId: bigint('saga_id', { mode: 'number', unsigned: true }).notNull(),
    position: smallint('position').notNull(),
    name: varchar('name', { length: 32 }).notNull(),
    status: varchar('status', { length: 8, enum: ['done', 'undone', 'fenced'] }).notNull(),
    state: json('state').notNull(),
  },
  (table) => [primaryKey({ columns: [table.sagaId, table.position] })],
)

export const outbox = mysqlTable(
  'outbox',
  {
    id: bigint('id', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
    eventId: varchar('event_id', { length: 120 }).notNull(),
    type: varchar('type', { length: 32 }).notNull(),
    payload: json('payload').notNull(),
    createdAt: moment('created_at').notNull(),
    relayedAt: moment('relayed_at'),
  },
  (table) => [
    uniqueIndex('outbox_event').on(table.eventId),
    index('outbox_relayed').on(table.relayedAt, table.id),
  ],
)

/**
 * Inbox of the worker: an effect is applied in the transaction that writes its row here. `again` =
 * it was dead and waits to be replayed; `attempts` counts the tries of all its lives.
 */
export const effects = mysqlTable(
  'effects',
  {
    eventId: varchar('event_id', { length: 120 }).notNull(),
    handler: varchar('handler', { length: 20 }).notNull(),
    status: varchar('status', { length: 8, enum: ['done', 'dead', 'again'] }).notNull(),
    attempts: int('attempts').notNull(),
    error: varchar('error', { length: 255 }),
    createdAt: moment('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.eventId, table.handler] })],
)

/** One arbitrated claim per key: the request that inserts the row is run. */
export const idempotencyKeys = mysqlTable('idempotency_keys', {
  key: varchar('idempotency_key', { length: 100 }).primaryKey(),
  fingerprint: varchar('fingerprint', { length: 64 }).notNull(),
  lockedUntil: moment('locked_until').notNull(),
  responseStatus: smallint('response_status'),
  /** Text, not JSON: MySQL would sort the keys, and a replay is to be the same bytes. */
  responseBody: longtext('response_body'),
  createdAt: moment('created_at').notNull(),
})
