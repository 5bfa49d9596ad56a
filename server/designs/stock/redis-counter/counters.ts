import type { Redis } from 'ioredis'
import { orProblem } from '../../../errors.ts'

/** Units set aside in Redis, and the entry of the stream that records them. */
export interface Reservation {
  id: string
  optionId: string
  quantity: number
  epoch: string
  entry: string
}

/** A counter as Redis has it, at one moment. */
export interface CounterLook {
  left: number
  /** Units of entries that are still in the stream. */
  reserved: number
  epoch: string
  streamLength: number
}

const stream = 'stock:entries'
const credited = 'stock:credited'
/** Far longer than a settling may be late that read a return before another one ended it. */
const creditedSecondsMax = 3600
const counterOf = (optionId: string) => `stock:counter:${optionId}`

/**
 * A restarted Redis may have an old counter from its disk. Every start has a run id of its own, and
 * a counter is worth something only in the run it was made in.
 */
const live = `
  local run = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
  local function epoch()
    local counter = redis.call('HMGET', KEYS[1], 'run', 'epoch')
    return counter[1] == run and counter[2] or nil
  end`

const reserveScript = `${live}
  local now = epoch()
  if not now then return {'absent'} end
  if tonumber(redis.call('HGET', KEYS[1], 'left')) < tonumber(ARGV[2]) then return {'short'} end
  redis.call('HINCRBY', KEYS[1], 'left', -ARGV[2])
  redis.call('HINCRBY', KEYS[1], 'reserved', ARGV[2])
  return {now, redis.call('XADD', KEYS[2], '*', 'id', ARGV[1], 'option', ARGV[3],
                          'quantity', ARGV[2], 'epoch', now)}`

const releaseScript = `
  if redis.call('XDEL', KEYS[2], ARGV[1]) == 0 then return 0 end
  if redis.call('HGET', KEYS[1], 'epoch') == ARGV[2] then
    redis.call('HINCRBY', KEYS[1], 'reserved', -ARGV[3])
    if ARGV[4] == 'back' then redis.call('HINCRBY', KEYS[1], 'left', ARGV[3]) end
  end
  return 1`

const creditScript = `${live}
  if epoch() ~= ARGV[1] then return 'absent' end
  local now = tonumber(redis.call('TIME')[1])
  redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now - ARGV[4])
  if redis.call('ZADD', KEYS[2], 'NX', now, ARGV[2]) == 1 then
    redis.call('HINCRBY', KEYS[1], 'left', ARGV[3])
  end
  return 'credited'`

const lookScript = `${live}
  local now = epoch()
  if not now then return {} end
  local counter = redis.call('HMGET', KEYS[1], 'left', 'reserved')
  return {counter[1], counter[2], now, redis.call('XLEN', KEYS[2])}`

const writeScript = `${live}
  redis.call('HSET', KEYS[1], 'left', ARGV[1], 'reserved', 0, 'epoch', ARGV[2], 'run', run)`

const dropScript = `
  if redis.call('HGET', KEYS[1], 'epoch') == ARGV[1] then return redis.call('DEL', KEYS[1]) end
  return 0`

/** When an entry was made, by the clock of Redis: ids begin with it. */
export const entryMs = (entry: string): number => Number(entry.split('-')[0])

/**
 * The counters in Redis, and the stream of what was reserved of them.
 * Every method throws Problem `stock-unavailable` where Redis does not answer.
 */
export class Counters {
  readonly #redis: Redis

  constructor(redis: Redis) {
    this.#redis = redis
  }

  /**
   * Looks, takes and writes the stream entry in one script: a reservation without its entry, or an
   * entry without its reservation, cannot be.
   * @returns `short` when there is not enough left, `absent` when there is no counter of this run
   */
  async reserve(
    id: string,
    optionId: string,
    quantity: number,
  ): Promise<Reservation | 'short' | 'absent'> {
    const answer = await this.#run(reserveScript, optionId, stream, [id, quantity, optionId])
    const [word = '', entry] = answer as string[]
    if (entry === undefined) return word === 'short' ? 'short' : 'absent'
    return { id, optionId, quantity, epoch: word, entry }
  }

  /**
   * Takes the entry out of the stream, and with `back` puts the units back: once, however often it
   * is called, since only one call finds the entry there.
   */
  async release(
    { optionId, quantity, epoch, entry }: Omit<Reservation, 'id'>,
    how: 'settled' | 'back',
  ): Promise<boolean> {
    const args = [entry, epoch, quantity, how]
    return (await this.#run(releaseScript, optionId, stream, args)) === 1
  }

  /**
   * Adds what was given back, once for each id within an hour.
   * @returns false where the epoch is not in force
   */
  async credit({ id, optionId, quantity, epoch }: Omit<Reservation, 'entry'>): Promise<boolean> {
    const args = [epoch, id, quantity, creditedSecondsMax]
    return (await this.#run(creditScript, optionId, credited, args)) === 'credited'
  }

  /** @returns undefined when there is no counter of this run */
  async look(optionId: string): Promise<CounterLook | undefined> {
    const answer = await this.#run(lookScript, optionId, stream)
    const [left, reserved, epoch, streamLength = 0] = answer as [string?, string?, string?, number?]
    if (epoch === undefined) return undefined
    return { left: Number(left), reserved: Number(reserved), epoch, streamLength }
  }

  /** Writes the counter, whatever it was. */
  async write(optionId: string, left: number, epoch: string): Promise<void> {
    await this.#run(writeScript, optionId, stream, [left, epoch])
  }

  /** Deletes the counter if it is of that epoch: the next take rebuilds it. */
  async drop(optionId: string, epoch: string): Promise<void> {
    await this.#run(dropScript, optionId, stream, [epoch])
  }

  /** By the clock that entries are made by. */
  async nowMs(): Promise<number> {
    const [seconds, microseconds] = await asked(this.#redis.time())
    return Number(seconds) * 1000 + Number(microseconds) / 1000
  }

  /** Up to `count` entries after the given one (undefined = from the oldest). */
  async entriesAfter(after: string | undefined, count: number): Promise<Reservation[]> {
    const from = after === undefined ? '-' : `(${after}`
    const rows = await asked(this.#redis.xrange(stream, from, '+', 'COUNT', count))
    return rows.map(([entry, fields]) => {
      const value = (name: string) => fields[fields.indexOf(name) + 1] ?? ''
      const [id, optionId, quantity] = [value('id'), value('option'), Number(value('quantity'))]
      return { id, optionId, quantity, epoch: value('epoch'), entry }
    })
  }

  /** Runs a script over the counter of an option and one key more. */
  #run(script: string, optionId: string, key: string, args: (string | number)[] = []) {
    return asked(this.#redis.eval(script, 2, counterOf(optionId), key, ...args))
  }
}

const asked = <T>(command: Promise<T>) => orProblem('stock-unavailable', command)
