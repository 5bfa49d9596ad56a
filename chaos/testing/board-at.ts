import type { Site } from '../../server/ctx.ts'
import { createBoard } from '../board.ts'

/** A board whose clock stands still until the test moves it, seconds. */
export function boardAt(seconds = 0) {
  const clock = { seconds }
  return { board: createBoard(() => clock.seconds * 1000), clock }
}

/** A connection that counts what it was asked to run. */
export function countingDatabase() {
  const counted = { statements: 0, after: () => {} }
  const rows = async () => {
    counted.statements += 1
    counted.after()
    return []
  }
  return { counted, db: { rows } as unknown as Site['db'] }
}

/** A place where every fault of the flow may bite. */
export const site = (over: Partial<Site> = {}): Site => ({
  point: 'order.stock.taken',
  route: 'orders.create',
  db: undefined,
  ...over,
})
