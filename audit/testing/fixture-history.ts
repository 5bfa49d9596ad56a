import type { Pool } from 'mysql2/promise'
import type {
  CartAddition,
  JourneyOutcome,
  JourneyRecord,
  Operation,
} from '../../loadtests/crowd/history.ts'
import type { Asked } from '../../loadtests/crowd/shopping.ts'
import type { BankChange, BankCharge, Evidence } from '../checker.ts'
import { couponAnswers } from './fixture-coupons.ts'
import { keptBy } from './fixture-kept.ts'
import { keyPrefix, referenceOf } from './fixture-rows.ts'

const startMs = Date.parse('2026-01-05T09:00:00Z')

/** What the clients, the bank and the partners saw of the shop in fixture-rows.ts: all in order. */
export function worldEvidence(db: Pool): Evidence {
  const charges = chargesOfWorld()
  const delivery = (sink: string, eventId: string, count = 1) => ({ sink, eventId, count })
  return {
    db,
    idsInOrder: true,
    history: journeys(),
    started: 11,
    keyPrefix,
    asked,
    stalenessMs: 2_000,
    bank: charges,
    bankChanges: charges.flatMap(changesOf),
    deliveries: [
      delivery('data-platform', 'order-paid-101', 2),
      delivery('data-platform', 'order-paid-102'),
      delivery('data-platform', 'order-paid-107'),
      delivery('messages', 'order-paid-101'),
      delivery('messages', 'order-paid-107'),
      delivery('slack', 'alert-order-paid-102-best-sellers'),
    ],
    couponAnswers: couponAnswers(),
    activeFaults: [],
    pendingWork: [],
  }
}

const charge = (key: string, amountMinor: number, status: BankCharge['status']): BankCharge => ({
  reference: referenceOf(`${keyPrefix}-${key}`),
  amountMinor,
  status,
})

const chargesOfWorld = () => [
  charge('1-o', 1_000, 'captured'),
  charge('3-p', 1_000, 'declined'),
  charge('4-o', 0, 'voided'),
  charge('5-p', 9_000, 'captured'),
  charge('10-o', 1_000, 'refunded'),
]

/** A refund comes a minute after its charge. */
function changesOf({ reference, status }: BankCharge, position: number): BankChange[] {
  const atMs = startMs + position * 1_000
  if (status !== 'refunded') return [{ reference, status, atMs }]
  return [
    { reference, status: 'captured', atMs },
    { reference, status, atMs: atMs + 60_000 },
  ]
}

/** Quantities by option; the others want a piece of option 11. */
const wanted: Record<number, Record<string, number>> = {
  0: { 11: 2, 12: 1 },
  2: { 12: 1, 14: 1, 15: 1, 17: 1, 18: 1 },
  4: { 12: 1 },
  5: { 13: 1 },
  6: { 13: 1 },
}

function asked(index: number): Asked {
  const cardToken = index === 3 ? 'card-declined' : 'card-accepted'
  const items = Object.entries(wanted[index] ?? { 11: 1 })
  return {
    userId: String(index + 1),
    items: items.map(([optionId, quantity]) => ({ optionId, quantity })),
    payment: index === 0 ? { method: 'balance' } : { method: 'card', cardToken },
    fromCart: ![1, 4, 5, 6, 10].includes(index),
  }
}

/** Journey 9 was started and never reported: its order is not a phantom. */
function journeys(): JourneyRecord[] {
  const ok = (id: string, amountMinor: number, status = 201) =>
    ({ outcome: 'ok', id, amountMinor, status }) as const
  const info = { outcome: 'info', status: 0 } as const
  const refused = (status: number, code: string) => ({ outcome: 'fail', status, code }) as const
  return [
    line(0, 'paid', { order: ok('101', 4_500), payment: ok('501', 4_500) }),
    line(1, 'paid', { order: ok('102', 1_000), payment: { ...ok('502', 1_000), keys: [] } }),
    line(2, 'left', { order: { ...ok('103', 5_000), intake: '701' } }),
    line(3, 'left', { order: ok('104', 1_000), payment: refused(402, 'card-declined') }),
    line(4, 'unknown', {
      order: { ...ok('105', 2_500, 202), intake: '702' },
      payment: { ...info, id: '504', keys: [] },
    }),
    line(5, 'paid', {
      order: { ...ok('107', 9_000), keys: [`${keyPrefix}-5-o`, `${keyPrefix}-5-o-2`], attempts: 2 },
      payment: ok('505', 9_000),
    }),
    line(6, 'soldOut', { order: { ...refused(409, 'sold-out'), intake: '703' } }),
    line(7, 'unknown', { order: info }),
    line(8, 'left', { topUp: ok('9', 50_000, 200) }),
    line(10, 'unknown', { order: { ...info, status: 503, code: 'in-recovery' } }),
  ]
}

const cartOf = (index: number): CartAddition[] =>
  asked(index).items.map((item) => ({
    ...item,
    outcome: 'ok',
    attempts: 1,
    pieces: item.quantity,
  }))

type Answer = Pick<Operation, 'outcome' | 'status'> & Partial<Operation>

/** One journey a second, so that every order was acknowledged before the next was asked for. */
function line(
  index: number,
  outcome: JourneyOutcome,
  { topUp, order, payment }: { topUp?: Answer; order?: Answer; payment?: Answer },
): JourneyRecord {
  const startedMs = startMs + index * 1_000
  const kept = keptBy(index, startedMs)
  const operation = (kind: string, offsetMs: number, answer: Answer): Operation => ({
    keys: [`${keyPrefix}-${index}-${kind}`],
    invokedMs: startedMs + offsetMs,
    doneMs: startedMs + offsetMs + 40,
    attempts: 1,
    ...answer,
  })
  return {
    index,
    userId: String(index + 1),
    startedMs,
    endedMs: startedMs + 200,
    outcome,
    checkoutMs: order ? 140 : null,
    ...(asked(index).fromCart ? { cart: cartOf(index) } : {}),
    ...(topUp ? { topUp: operation('b', 1, topUp) } : {}),
    ...(order ? { order: operation('o', 10, order) } : {}),
    ...(payment ? { payment: operation('p', 60, payment) } : {}),
    ...(kept.length > 0 ? { kept } : {}),
    attempts: 3,
    intents: 3,
  }
}
