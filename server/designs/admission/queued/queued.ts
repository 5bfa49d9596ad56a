import type { Ctx, Services } from '../../../ctx.ts'
import { Problem } from '../../../errors.ts'
import type { Readings } from '../../../metrics/register.ts'
import { counter } from '../../../metrics/table.ts'
import type { Lifecycle, Option } from '../../option.ts'
import type { Admission, IntakeTaken, OrderAsked } from '../admission.ts'
import { countWaiting, findIntake, writeIntake } from './intakes.ts'
import { Room } from './room.ts'

const metrics = {
  stampede_intakes_taken_total: counter('Orders taken in with 202, to be placed by a worker.'),
  stampede_intakes_turned_away_total: counter(
    'Orders refused because as many as may wait were waiting to be placed.',
  ),
}

/** Orders that may wait: more than a minute of work would keep buyers waiting for nothing. */
const waitingMaxDefault = 5000
/** By then a few hundred of those who wait have been served. */
const retryAfterSeconds = 5

export const queued = {
  summary: 'orders wait in a table (202, then ask), and a worker places them; the rest is let in',
  doc:
    'An order is one row before its 202 leaves, and `GET /api/v1/intakes/{id}` has its order or ' +
    'its problem. A worker runs the flow under the order’s own key, in the design of the moment.',
  in: 'an order and its key',
  out: '202 and where to ask, or `overloaded` where 5,000 orders wait',
  closes:
    'orders that give up in the queue for a connection: what a spike brings in a second is ' +
    'placed at the rate of the worker, in the order in which it came',
  leavesOpen:
    'the buyer learns later whether it is sold out, by asking again, at the earliest after a ' +
    'second, which without a spike is longer than to wait for the order; prices, cart and ' +
    'coupon are those of when it is placed; and all else still comes in past the capacity',
  notes: [
    'The row is committed before the 202: kill -9 of any process loses no order. A queue in ' +
      'Redis would promise what its `appendfsync` does: with `everysec`, up to a second of ' +
      'acknowledged orders may be lost.',
    'Placed once: the worker claims the order’s `Idempotency-Key` as a request does, so a try ' +
      'that was cut off is finished or looked for, and never repeated.',
    'An order that could not be placed within five minutes is refused (`intake-expired`).',
    'The card’s token is in the row until the intake has ended, then it is deleted.',
  ],
  hazard: 'an order is acknowledged before it is known whether it can be placed',
  metrics,
  open: ({ connections }: Services) => new QueuedAdmission({ connections }),
} satisfies Option<Admission>

export class QueuedAdmission implements Admission, Lifecycle {
  readonly counts = { taken: 0, turnedAway: 0 }
  readonly #room: Room
  readonly readings: Readings<typeof metrics> = {
    stampede_intakes_taken_total: () => this.counts.taken,
    stampede_intakes_turned_away_total: () => this.counts.turnedAway,
  }

  constructor({
    connections,
    waitingMax = waitingMaxDefault,
  }: Pick<Services, 'connections'> & { waitingMax?: number }) {
    this.#room = new Room(() => countWaiting(connections, waitingMax), waitingMax)
  }

  admit(): undefined {}

  async takeIn(ctx: Ctx, order: OrderAsked): Promise<IntakeTaken> {
    if (!(await this.#room.take())) {
      // What was taken in is going to happen: asking again for it is not refused.
      const known = await findIntake(ctx.connections, order)
      if (known) return known
      this.counts.turnedAway += 1
      throw new Problem('overloaded', { retryAfterSeconds })
    }
    const intake = await writeIntake(ctx.connections, order)
    if (!intake.isRepeat) this.counts.taken += 1
    await ctx.at('intake.taken')
    return intake
  }
}
