import type { Ctx, Services } from '../../../ctx.ts'
import { type Database, onEnd } from '../../../db/connections.ts'
import { isDuplicateKey } from '../../../db/failures.ts'
import { Problem } from '../../../errors.ts'
import type { Readings } from '../../../metrics/register.ts'
import { counter, gauge } from '../../../metrics/table.ts'
import type { Lifecycle } from '../../option.ts'
import { grantMetrics, type Stock, type StockLine, type StockOption } from '../stock.ts'
import type { Reservation } from './counters.ts'
import { claimReservation, recordReturn } from './rows.ts'
import { type CounterCounts, CounterSettling } from './settling.ts'

/** A reservation is tried again after its counter was rebuilt, at most so often. */
const attemptsMax = 3

const metrics = {
  ...grantMetrics,
  stampede_stock_counters_rebuilt_total: counter('Counters in Redis rebuilt from the tables.'),
  stampede_stock_counters_mended_total: counter(
    'Idle counters in Redis that differed from the table and were dropped.',
  ),
  stampede_stock_stream_length: gauge(
    'Reservations in the stream that were not yet settled when last looked.',
  ),
  stampede_stock_drift_units: gauge(
    'Units by which idle counters differed from the table at the last look.',
  ),
}

export const redisCounter = {
  summary: 'a counter in Redis decides, the table follows in batches',
  doc:
    'One script looks, takes, and writes the reservation into a stream. The caller’s transaction ' +
    'claims the reservation in the database; `settle` brings claims into the table in batches, ' +
    'and returns to the counter what is not claimed after 20 s.',
  closes: 'the queue for the row lock',
  leavesOpen:
    '`product_options.stock`, which the shop shows, lags behind by the settling (a second, or ' +
    'until a worker that died is back); and ' +
    'another design that takes of the same options is not seen by the counter',
  notes: [
    'Nothing is lost to a kill -9 anywhere: each half is done once, by a primary key or an entry ' +
      'that is gone. A Redis that is emptied, or restarts with old data, makes a new epoch: the ' +
      'counter is rebuilt from the tables, and reservations of the old one are refused when they ' +
      'are claimed.',
  ],
  whenEvicted:
    'a counter that is thrown out is made again from the tables, which locks its row, and claims ' +
    'of the old one are tried again or refused; units in entries that are thrown out are missing ' +
    'until the counter is idle and mended. A list of returns that is thrown out may let one ' +
    'count twice, until then',
  ledger: 'counter',
  stalenessMs: 5000,
  commitsAlone: 'its counter in Redis is no part of a transaction',
  metrics,
  open: (services: Services) => new RedisCounterStock(services),
} satisfies StockOption

/** The stock of one process, by counters that all processes share. */
export class RedisCounterStock implements Stock, Lifecycle {
  readonly #settling: CounterSettling
  readonly counts: CounterCounts

  readonly readings: Readings<typeof metrics> = {
    stampede_stock_units_returned_total: () => this.counts.returned,
    stampede_stock_grants_settled_total: () => this.counts.settled,
    stampede_stock_counters_rebuilt_total: () => this.counts.rebuilt,
    stampede_stock_counters_mended_total: () => this.counts.driftCorrections,
    stampede_stock_stream_length: () => this.counts.streamLength,
    stampede_stock_drift_units: () => this.counts.drift,
  }

  constructor(services: Pick<Services, 'side' | 'redis'>) {
    this.#settling = new CounterSettling(services)
    this.counts = this.#settling.counts
  }

  async take(_ctx: Ctx, db: Database, line: StockLine): Promise<boolean> {
    for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
      const reservation = await this.#reserve(line)
      if (!reservation) return false
      onEnd(db, (ending) => {
        // The sweeper sees to unknown ends, and to a Redis that is away.
        if (ending === 'rolled-back') this.#settling.release(reservation, 'back').catch(() => {})
      })
      const isClaimed = await claimReservation(db, reservation).catch((error: unknown) => {
        throw isDuplicateKey(error) ? new Problem('lock-contention', { cause: error }) : error
      })
      if (isClaimed) return true
      await this.#settling.counters.drop(line.optionId, reservation.epoch)
    }
    throw new Problem('lock-contention')
  }

  /** With the caller's transaction, Redis or no Redis; the settling brings it to the counter. */
  giveBack(_ctx: Ctx, db: Database, line: StockLine): Promise<void> {
    return recordReturn(db, { id: Bun.randomUUIDv7(), ...line })
  }

  /** @param laterMs for tests: as if it were so much later */
  settle(laterMs?: number): Promise<number> {
    return this.#settling.settle(laterMs)
  }

  /** @returns undefined when there is not enough left @throws Problem `stock-unavailable` */
  async #reserve({ optionId, quantity }: StockLine): Promise<Reservation | undefined> {
    const { counters } = this.#settling
    for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
      const answer = await counters.reserve(Bun.randomUUIDv7(), optionId, quantity)
      if (answer === 'short') return undefined
      if (answer !== 'absent') return answer
      if ((await this.#settling.rebuild(optionId)) === 'missing') return undefined
    }
    throw new Problem('stock-unavailable')
  }
}
