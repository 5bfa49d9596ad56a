import type { PrivateArm } from '../run/arm.ts'

export const answerMsMax = 10_000

/** @throws Error where the answer is not as wanted */
export async function call(
  url: string,
  init: RequestInit = {},
  wanted: readonly number[] = [200, 201],
) {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(answerMsMax) })
  const text = await response.text()
  if (!wanted.includes(response.status)) throw new Error(`${url} answered ${response.status}`)
  return { response, text }
}

const post = (body: object, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
})

let turns = 0

/** A write that is one transaction; another customer each time, since a cart is limited. */
export const addToCart = ({ api, users }: PrivateArm, wanted?: readonly number[]) =>
  call(
    `${api.url}/api/v1/carts/${1 + (++turns % users)}/items`,
    post({ optionId: `${1 + (turns % 7)}`, quantity: 1 }),
    wanted,
  )

/** Pays an order by card; only the payment is timed. */
export async function payByCard({ api, users }: PrivateArm): Promise<number> {
  const turn = ++turns
  const key = () => ({ 'idempotency-key': `verify-${process.pid}-${turn}-${crypto.randomUUID()}` })
  const items = [{ optionId: `${21 + (turn % 20)}`, quantity: 1 }]
  const order = post({ userId: `${1 + (turn % users)}`, items }, key())
  const { text } = await call(`${api.url}/api/v1/orders`, order)
  const { id } = JSON.parse(text) as { id: string }
  const pay = post({ orderId: id, method: 'card', cardToken: 'card-ok' }, key())
  const startedMs = performance.now()
  await call(`${api.url}/api/v1/payments`, pay)
  return performance.now() - startedMs
}
