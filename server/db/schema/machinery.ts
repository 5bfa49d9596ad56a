import { index, mysqlTable, primaryKey, uniqueIndex } from 'drizzle-orm/mysql-core'
import { id, moment, word } from './columns.ts'

/**
 * One row per key: the sequence table that every id of the old design queues for. A row that has a
 * successor is retired: it gives no id, and its value stands still at `retired_value`.
 */
export const sequences = mysqlTable('sequences', (t) => ({
  name: t.varchar('name', { length: 32 }).primaryKey(),
  value: id('value').notNull(),
  /** The largest id that the row may give. */
  last: id('last').notNull().default('999999999'),
  /** Option of the axis `ids` that gives the ids of the sequence now. */
  successor: t.varchar('successor', { length: 32 }),
  /** The least id that the successor may give. */
  successorFirst: id('successor_first'),
  retiredValue: id('retired_value'),
  /** Change of the design that retired the row. */
  retiredEpoch: t.int('retired_epoch', { unsigned: true }),
}))

/** Flickr's ticket table: the row of a sequence is replaced, which gives it the next number. */
export const replacedTickets = mysqlTable(
  'replaced_tickets',
  (t) => ({
    id: t.bigint('id', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
    name: t.varchar('name', { length: 32 }).notNull(),
  }),
  (table) => [uniqueIndex('replaced_tickets_name').on(table.name)],
)

/**
 * High-water marks of the ticket server: no id above one was ever handed out. One that has a
 * successor is retired: nothing is leased above it.
 */
export const ticketMarks = mysqlTable('ticket_marks', (t) => ({
  name: t.varchar('name', { length: 32 }).primaryKey(),
  highWater: id('high_water').notNull(),
  updatedAt: moment('updated_at').notNull(),
  successor: t.varchar('successor', { length: 32 }),
  retiredValue: id('retired_value'),
  retiredEpoch: t.int('retired_epoch', { unsigned: true }),
}))

/** A split flow under way; recovery ends those whose lease has expired. */
export const sagas = mysqlTable(
  'sagas',
  (t) => ({
    id: t.bigint('id', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
    kind: t.varchar('kind', { length: 20 }).notNull(),
    idempotencyKey: t.varchar('idempotency_key', { length: 100 }).notNull(),
    status: word('status', 8, ['running', 'undoing', 'done', 'undone']).notNull(),
    design: t.varchar('design', { length: 500 }).notNull(),
    state: t.json('state').notNull(),
    attempts: t.int('attempts').notNull(),
    leaseUntil: moment('lease_until').notNull(),
  }),
  (table) => [
    index('sagas_status_lease').on(table.status, table.leaseUntil),
    index('sagas_idempotency_key').on(table.idempotencyKey),
  ],
)

/** `fenced` is a tombstone: the step never ran and never will, however late its executor wakes. */
export const sagaSteps = mysqlTable(
  'saga_steps',
  (t) => ({
    sagaId: t.bigint('saga_id', { mode: 'number', unsigned: true }).notNull(),
    position: t.smallint('position').notNull(),
    name: t.varchar('name', { length: 32 }).notNull(),
    status: word('status', 8, ['done', 'undone', 'fenced']).notNull(),
    state: t.json('state').notNull(),
  }),
  (table) => [primaryKey({ columns: [table.sagaId, table.position] })],
)

/**
 * Every change of the design of requests, in a row that nothing updates or deletes. The last row is
 * what is in force; its primary key decides which of two changes at once was first.
 */
export const designLog = mysqlTable('design_log', (t) => ({
  epoch: t.int('epoch', { unsigned: true }).primaryKey(),
  /** All flags after the change. Text, not JSON: the digest is of these bytes. */
  flags: t.text('flags').notNull(),
  reason: t.varchar('reason', { length: 200 }).notNull(),
  author: t.varchar('author', { length: 64 }).notNull(),
  /** Of this row and the digest of the row before it. */
  digest: t.varchar('digest', { length: 64 }).notNull(),
  createdAt: moment('created_at').notNull(),
}))

export const outbox = mysqlTable(
  'outbox',
  (t) => ({
    id: t.bigint('id', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
    eventId: t.varchar('event_id', { length: 120 }).notNull(),
    type: t.varchar('type', { length: 32 }).notNull(),
    payload: t.json('payload').notNull(),
    createdAt: moment('created_at').notNull(),
    relayedAt: moment('relayed_at'),
    /** When it was seen to have all its effects; null once more where one is replayed. */
    settledAt: moment('settled_at'),
  }),
  (table) => [
    uniqueIndex('outbox_event').on(table.eventId),
    index('outbox_open').on(table.settledAt, table.relayedAt, table.id),
  ],
)

/**
 * Inbox of the worker: an effect is applied in the transaction that writes its row here. `again` =
 * it was dead and waits to be replayed; `attempts` counts the tries of all its lives.
 */
export const effects = mysqlTable(
  'effects',
  (t) => ({
    eventId: t.varchar('event_id', { length: 120 }).notNull(),
    handler: t.varchar('handler', { length: 20 }).notNull(),
    status: word('status', 8, ['done', 'dead', 'again']).notNull(),
    attempts: t.int('attempts').notNull(),
    error: t.varchar('error', { length: 255 }),
    createdAt: moment('created_at').notNull(),
  }),
  (table) => [primaryKey({ columns: [table.eventId, table.handler] })],
)

/** One arbitrated claim per key: the request that inserts the row is run. */
export const idempotencyKeys = mysqlTable(
  'idempotency_keys',
  (t) => ({
    key: t.varchar('idempotency_key', { length: 100 }).primaryKey(),
    fingerprint: t.varchar('fingerprint', { length: 64 }).notNull(),
    /** Of the claim: another that takes the key over has another one. */
    owner: t.varchar('owner', { length: 36 }).notNull().default(''),
    lockedUntil: moment('locked_until').notNull(),
    responseStatus: t.smallint('response_status'),
    /** Text, not JSON: MySQL would sort the keys, and a replay is to be the same bytes. */
    responseBody: t.longtext('response_body'),
    createdAt: moment('created_at').notNull(),
  }),
  (table) => [index('idempotency_keys_created').on(table.createdAt)],
)
