import { idIn } from './answers.ts'
import { operation, type Visit } from './checkout.ts'
import { pursue } from './intent.ts'
import { crowdNumbers } from './shopping.ts'

/**
 * Adds to the customer's balance, and writes down how that ended.
 * @returns whether the shop has acknowledged it
 */
export async function topUp({ client, customer, key, record }: Visit): Promise<boolean> {
  const amountMinor = crowdNumbers.topUpMinor
  const added = await pursue(client, {
    method: 'POST',
    path: `/api/v1/users/${customer.userId}/balance`,
    name: 'top-up',
    key: `${key}-b`,
    body: { amountMinor },
    whole: (body) => idIn(body) !== null,
  })
  const { outcome } = added
  record.topUp = {
    ...operation(added, outcome, 'balanceMinor'),
    ...(outcome === 'ok' ? { amountMinor } : {}),
  }
  return outcome === 'ok'
}
