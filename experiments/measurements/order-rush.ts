import { createConnection } from 'mysql2/promise'
import { auditShop } from '../../audit/audit.ts'
import { connectTo, type KeepAliveClient } from '../../server/testing/keep-alive-client.ts'
import type { PrivateArm } from '../run/arm.ts'
import { waitForQuiescence } from '../run/quiescence.ts'

/** What became of a rush at one option. */
export interface Rush {
  /** From the first request to the last answer that is no refusal. */
  lastMs: number
  /** Answers that let a buyer come again. */
  refused: number
}

const optionId = '1'
/** The least that `retry-after` asks of a refused buyer. */
const pauseMs = 1000
/** A rush that takes longer is no figure any more. */
const rushMsMax = 90_000
/** What tens of thousands of orders have left for the worker. */
const quietMsMax = 60_000

let rushes = 0

/**
 * As many buyers as there are units of one option, each on a connection of his own, all at once:
 * each orders one and pays it from his balance, in one request. Refused ones come again with the
 * same key.
 * @throws Error where a buyer gets no unit, or one is left
 */
export async function orderRush(arm: PrivateArm, buyers: number): Promise<Rush> {
  await restock(arm, buyers)
  const clients = await Promise.all(Array.from({ length: buyers }, () => connectTo(arm.api.url)))
  const run = ++rushes
  const startedMs = performance.now()
  try {
    const refusals = await Promise.all(
      clients.map((client, index) =>
        buy(client, {
          userId: String(1 + (index % arm.users)),
          key: `rush-${run}-${index}`,
          untilMs: startedMs + rushMsMax,
        }),
      ),
    )
    const lastMs = performance.now() - startedMs
    await expectSoldOut(arm)
    return { lastMs, refused: refusals.reduce((sum, count) => sum + count, 0) }
  } finally {
    for (const client of clients) client.close()
  }
}

/** @returns how often the buyer was refused before the order was paid */
async function buy(
  client: KeepAliveClient,
  { userId, key, untilMs }: { userId: string; key: string; untilMs: number },
): Promise<number> {
  const body = { userId, items: [{ optionId, quantity: 1 }], payment: { method: 'balance' } }
  for (let refused = 0; performance.now() < untilMs; refused += 1) {
    const answer = await client.post('/api/v1/orders', body, { 'idempotency-key': key })
    if (answer.status === 201) return refused
    const mayComeAgain = answer.status === 503 || answer.status === 429
    if (!mayComeAgain) throw new Error(`a buyer got ${answer.status} ${answer.body.code}`)
    await Bun.sleep(pauseMs)
  }
  throw new Error(`a buyer had no order after ${rushMsMax / 1000} s`)
}

/** Puts so many units of the one option on sale, as if they had been there from the start. */
export async function restock({ databaseUrl }: PrivateArm, units: number): Promise<void> {
  const db = await createConnection({ uri: databaseUrl, connectTimeout: 5000 })
  try {
    await db.execute(
      `update product_options set initial_stock = initial_stock - stock + ${Number(units)},
              stock = ${Number(units)} where id = ?`,
      [optionId],
    )
  } finally {
    await db.end()
  }
}

async function expectSoldOut({ db }: PrivateArm): Promise<void> {
  const [rows] = await db.query(`select stock from product_options where id = ${Number(optionId)}`)
  const [row] = rows as { stock: number }[]
  if (Number(row?.stock) === 0) return
  throw new Error(`${row?.stock} units are left, and every buyer has one`)
}

/** What an audit of the arm finds once nothing is under way. @throws Error naming it */
export async function expectSound(arm: PrivateArm): Promise<void> {
  const open = await waitForQuiescence(arm.db, quietMsMax, [arm.worker.url])
  const findings = [...open, ...(await auditShop(arm.db))]
  if (findings.length > 0) throw new Error(`${arm.spec.name}: ${findings[0]}`)
}
