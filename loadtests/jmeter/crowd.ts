import { customerOf } from '../crowd/shopping.ts'

/**
 * The same customers that k6 and the simulator send, for JMeter: a line each, the idempotency key
 * and the body of an order that is paid at once, parted by a tab.
 * @param count customers 0 … count − 1 of the crowd grown from `seed`
 */
export function crowdFile(seed: number, count: number, users: number, keyPrefix: string): string {
  const lines = Array.from({ length: count }, (_, index) => {
    const { userId, items, payment } = customerOf(seed, index, users)
    return `${keyPrefix}-${index}-o\t${JSON.stringify({ userId, items, payment })}\n`
  })
  return lines.join('')
}
