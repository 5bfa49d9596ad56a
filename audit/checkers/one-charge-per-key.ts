import type { BankCharge, Checker } from '../checker.ts'
import { isRepeated, journeysWith } from '../exercise.ts'
import { judged, merged, violationsIn } from '../findings.ts'
import { type PaymentRow, paymentsIn } from '../rows.ts'

export const oneChargePerKey: Checker = {
  name: 'one-charge-per-key',
  promise:
    'No idempotency key, no order and no bank reference was charged twice, and every answer ' +
    'under a key named the same payment.',
  needs: ['bank'],
  exercise: journeysWith(
    'payment keys that were sent again',
    ({ order, payment }) =>
      isRepeated(payment) || (payment?.keys.length === 0 && isRepeated(order)),
  ),
  async check(evidence) {
    const { db, bank } = evidence
    const charges = bank.filter(({ status }) => status === 'captured')
    return merged([
      await violationsIn(db, [twoLivePerKey, twoLivePerOrder, wrongLiveMark, twoReferences]),
      await violationsIn(db, [otherReplay]),
      judged(twiceByReference(charges)),
      judged(twiceByOrder(charges, await paymentsIn(evidence))),
    ])
  },
}

const live = `('sent', 'captured', 'unknown')`

const twoLivePerKey = `
  select concat('key ', idempotency_key, ' has ', count(*), ' live payments') as violation
  from payments where status in ${live} group by idempotency_key having count(*) > 1`

const twoLivePerOrder = `
  select concat('order ', order_id, ' has ', count(*), ' live payments') as violation
  from payments where status in ${live} group by order_id having count(*) > 1`

/** The mark is what the unique index guards: a live payment without it may get a rival. */
const wrongLiveMark = `
  select concat(status, ' payment ', id, ' of order ', order_id,
                if(live_order_id is null, ' is not marked', ' is marked'), ' as live') as violation
  from payments
  where if(status in ${live}, not (live_order_id <=> order_id), live_order_id is not null)`

/** A failed try has spent its reference, for a void declines it for good; the next has another. */
const twoReferences = `
  select concat('key ', idempotency_key, ' has ', count(distinct reference),
                ' references for order ', order_id) as violation
  from payments where status <> 'failed'
  group by idempotency_key, order_id having count(distinct reference) > 1`

/** Only the answer to a payment names an order by `orderId`. */
const otherReplay = `
  select concat('replays of key ', k.idempotency_key, ' name a payment that it did not make')
         as violation
  from idempotency_keys k
  where k.response_status between 200 and 299
    and json_extract(k.response_body, '$.orderId') is not null
    and not exists (
      select 1 from payments p where p.idempotency_key = k.idempotency_key
        and concat(p.id, '') = json_unquote(json_extract(k.response_body, '$.id')))`

function twiceByReference(charges: readonly BankCharge[]): string[] {
  return [...Map.groupBy(charges, ({ reference }) => reference)]
    .filter(([, same]) => same.length > 1)
    .map(([reference, same]) => `the bank captured ${reference} ${same.length} times`)
}

/** Two keys for one order make two references; the money of only one of them is owed. */
function twiceByOrder(charges: readonly BankCharge[], payments: readonly PaymentRow[]): string[] {
  const captured = new Set(charges.map(({ reference }) => reference))
  const referencesOf = new Map<string, Set<string>>()
  for (const { orderId, reference } of payments) {
    if (!captured.has(reference)) continue
    const known = referencesOf.get(orderId)
    if (known) known.add(reference)
    else referencesOf.set(orderId, new Set([reference]))
  }
  return [...referencesOf]
    .filter(([, references]) => references.size > 1)
    .map(([orderId, references]) => `the bank captured ${references.size} for order ${orderId}`)
}
