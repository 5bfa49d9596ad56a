import type { Context, Hono } from 'hono'
import { z } from 'zod'
import { check, peerApp, readBody } from '../peer-problems.ts'
import { AmountConflict, type Charge, type Ledger } from './ledger.ts'
import { type Partners, sinks } from './partners.ts'
import { BankProblem } from './problems.ts'
import { seededNumbers } from './seeded.ts'

/** A charge that is `lost` stays unanswered this long if the client does not hang up. */
const holdMs = 30_000
const latencyMsMax = 30_000

const idText = z.string().regex(/^[\w.:-]{1,128}$/, 'must be 1 to 128 of A-Z a-z 0-9 _ . : -')
const chargeRequest = z.strictObject({
  reference: idText,
  amountMinor: z.int().min(1),
  cardToken: z.string().min(1).max(64),
})
const failureRequest = z.strictObject({ rate: z.number().min(0).max(1) })
const bodyWithEventId = z.object({ eventId: idText })
const expectedLatency = `must be whole milliseconds, 0 to ${latencyMsMax}`
const eventsMax = 500
const bulkRequest = z.strictObject({
  events: z
    .array(z.strictObject({ eventId: idText, body: z.unknown() }))
    .min(1)
    .max(eventsMax),
})
const addedLatency = z
  .string()
  .regex(/^\d{1,5}$/, expectedLatency)
  .transform(Number)
  .refine((ms) => ms <= latencyMsMax, expectedLatency)
  .default(0)
const outcome = z.enum(['error', 'lost']).optional()

export interface BankOptions {
  ledger: Ledger
  partners: Partners
  /** Mean time that a charge takes; each takes up to a quarter more or less, by seed. */
  latencyMs: number
  /** Time that a partner takes. */
  partnersLatencyMs: number
  seed: number
  /** Has a route that empties both ledgers. */
  mayBeCleared?: boolean
  /** Lets go of unanswered charges when the process stops. */
  stopping?: AbortSignal
  /** Tests pass their own, and wait for nothing. */
  sleep?: (ms: number) => Promise<void>
}

/** The HTTP surface of the pretend bank and partners, over a ledger. */
export function createBankApp(options: BankOptions): Hono {
  const app = peerApp()
  app.get('/healthz', (c) => c.json({ status: 'ok' }))
  addCharges(app, options)
  addPartners(app, options)
  if (options.mayBeCleared) addClearing(app, options)
  return app
}

function addCharges(app: Hono, { ledger, ...options }: BankOptions): void {
  const jitter = seededNumbers(options.seed)
  const sleep = options.sleep ?? Bun.sleep

  app.post('/v1/charges', async (c) => {
    const added = check(addedLatency, c.req.header('x-bank-latency-ms'), 'x-bank-latency-ms')
    const wanted = check(outcome, c.req.header('x-bank-outcome'), 'x-bank-outcome')
    const request = await readBody(c, chargeRequest)
    await sleep(options.latencyMs * (0.75 + 0.5 * jitter()) + added)
    if (wanted === 'error') refuse(ledger, request.reference)
    const charge = chargeOnce(ledger, request)
    if (wanted === 'lost') await holdUntilHangUp(c, options.stopping)
    return c.json(chargeReply(charge, request.amountMinor))
  })
  app.get('/v1/charges/:reference', (c) => {
    const reference = check(idText, c.req.param('reference'), 'reference')
    const charge = ledger.find(reference)
    if (!charge) throw new BankProblem('charge-not-found')
    return c.json(charge)
  })
  app.post('/v1/charges/:reference/void', (c) =>
    c.json(ledger.void(check(idText, c.req.param('reference'), 'reference'))),
  )
  app.get('/v1/ledger', (c) => c.json({ charges: ledger.list(), changes: ledger.changes() }))
}

/** For rehearsals against a bank that stays up: its ledgers are emptied with the shop's. */
function addClearing(app: Hono, { ledger, partners }: BankOptions): void {
  app.delete('/v1/ledger', (c) => {
    ledger.clear()
    partners.clear()
    return c.body(null, 204)
  })
}

/** This call charges nothing; where an earlier one may have, the answer is not definite. */
function refuse(ledger: Ledger, reference: string): never {
  const definite = ledger.find(reference) === undefined
  throw new BankProblem('bank-error', { definite })
}

function chargeOnce(ledger: Ledger, request: z.output<typeof chargeRequest>): Charge {
  try {
    return ledger.charge(request.reference, request.amountMinor, request.cardToken)
  } catch (error) {
    if (!(error instanceof AmountConflict)) throw error
    throw new BankProblem('amount-conflict', { detail: error.message, field: 'amountMinor' })
  }
}

/** A caller learns whether its money was taken, so what was voided or refunded reads declined. */
function chargeReply(charge: Charge, amountMinor: number): Charge {
  const status = charge.status === 'captured' ? 'captured' : 'declined'
  return { reference: charge.reference, amountMinor, status }
}

async function holdUntilHangUp(c: Context, stopping?: AbortSignal): Promise<never> {
  const signals = [c.req.raw.signal, AbortSignal.timeout(holdMs), ...(stopping ? [stopping] : [])]
  const { promise, resolve } = Promise.withResolvers<Event | undefined>()
  for (const signal of signals) {
    if (signal.aborted) resolve(undefined)
    signal.addEventListener('abort', resolve)
  }
  await promise
  // The bank's own signal outlives the call.
  for (const signal of signals) signal.removeEventListener('abort', resolve)
  throw new BankProblem('no-answer')
}

function addPartners(app: Hono, { partners, ...options }: BankOptions): void {
  const sleep = options.sleep ?? Bun.sleep
  const sinkName = z.enum(sinks)

  app.get('/partners/ledger', (c) => c.json({ deliveries: partners.list() }))
  app.post('/partners/:sink', async (c) => {
    const sink = check(sinkName, c.req.param('sink'), 'sink')
    const body = await readBody(c, z.unknown())
    const eventId = c.req.header('x-event-id') ?? bodyWithEventId.safeParse(body).data?.eventId
    const known = check(idText, eventId, 'x-event-id')
    await sleep(options.partnersLatencyMs)
    if (!partners.deliver(sink, known)) throw new BankProblem('partner-failed')
    return c.text('ok')
  })
  app.post('/partners/:sink/batch', async (c) => {
    const sink = check(sinkName, c.req.param('sink'), 'sink')
    const { events } = await readBody(c, bulkRequest)
    await sleep(options.partnersLatencyMs)
    const outcomes = partners.deliverAll(
      sink,
      events.map(({ eventId }) => eventId),
    )
    return c.json({ outcomes })
  })
  app.put('/partners/:sink/failure', async (c) => {
    const sink = check(sinkName, c.req.param('sink'), 'sink')
    const { rate } = await readBody(c, failureRequest)
    partners.setFailure(sink, rate)
    return c.json({ sink, rate })
  })
}
