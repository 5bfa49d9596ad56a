import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { retryStorm } from '../chaos/faults/retry-storm.ts'
import { samplerEnvironment } from '../lab/sampler/config.ts'
import { guardDatabaseUrl, guardRedisUrl } from '../lab/servers/databases.ts'
import { type Arrivals, arrivalKinds, arrivalTimes } from '../loadtests/crowd/arrival-times.ts'
import { defaultPolicy, parseClientPolicy } from '../loadtests/crowd/client-policy.ts'
import { scenarioNames, scenarios } from '../loadtests/crowd/profiles.ts'
import { crowdSettings, seedMax, seedOfPair } from '../loadtests/crowd/settings.ts'
import { serverEnvironment, workerEnvironment } from '../server/config.ts'
import { ticketsEnvironment } from '../server/tickets/config.ts'
import capacity from './capacity.ts'
import compare from './compare.ts'
import ladder from './ladder.ts'
import rehearse from './rehearse.ts'
import spike from './spike.ts'
import { BadValue, parseSeconds } from './values.ts'

// One value has several readers: the flag, the drivers, the server, the clients. What the first of
// them accepts must not stop at a later one, when servers were started.

interface Read {
  seed: number
  arrivals?: Arrivals
  durationSeconds?: number | undefined
}

/** What a command makes of a seed and a duration, each at the ends of what its flag takes. */
const commandLines: [name: string, read: (words: string[]) => Read, words: string[]][] = [
  ['rehearse', rehearse.read, []],
  ['ladder', ladder.read, []],
  ['compare', compare.read, ['ids']],
  ['capacity', capacity.read, []],
  ['spike', spike.read, []],
]
const pairs = [0, 1, 999, 1000]
const seeds = ['0', '1', '4294967', '4294968', '20261201', '4294967295']
const durations = ['2s', '2001ms', '2500ms', '2.5s', '1.1m', '0.5h', '30m']

describe.each(commandLines)('%s', (_, read, words) => {
  test.each(arrivalKinds)('--arrivals %s is one of both drivers', (text) => {
    const { arrivals } = read([...words, '--arrivals', text])
    expect<unknown>(crowdSettings({ STAMPEDE_ARRIVALS: text }, 'smoke').arrivals).toBe(arrivals)
  })

  test.each(seeds)('--seed %s is a seed of both drivers, one for each pair', (text) => {
    const { seed } = read([...words, '--seed', text])
    const own = pairs.map((pair) => {
      const value = String(seedOfPair(seed, pair))
      return crowdSettings({ STAMPEDE_SEED: value }, 'smoke').seed
    })
    expect(new Set(own).size).toBe(pairs.length)
    expect(crowdSettings({ STAMPEDE_SEED: text }, 'smoke').seed).toBe(seed)
  })

  test.each(durations)('--duration %s is a duration of both drivers', (text) => {
    const { durationSeconds = 0 } = read([...words, '--duration', text])
    const settings = { STAMPEDE_DURATION_SECONDS: String(durationSeconds) }
    expect(crowdSettings(settings, 'smoke').durationSeconds).toBe(durationSeconds)
    expect(Number.isInteger(durationSeconds * 1000)).toBe(true)
    for (const name of scenarioNames) {
      const stages = scenarios[name].stages(5000, durationSeconds)
      const first = arrivalTimes(stages, { arrivals: 'even', seed: 1 }).next()
      expect(first.value).toBeLessThan(durationSeconds)
      expect(scenarios[name].describe(5000, durationSeconds)).not.toMatch(/\d\.\d{4}/)
    }
  })
})

test('seeds of today stay what they were', () => {
  expect([seedOfPair(1, 0), seedOfPair(1, 5), seedOfPair(4_294_967, 295)]).toEqual([
    ...[1000, 1005],
    seedMax,
  ])
})

test.each(['2.0005s', '0.5ms', '2000.5ms'])('%s is finer than any reader takes', (text) => {
  expect(() => parseSeconds(text)).toThrow(BadValue)
})

/** Every policy that the fault's schema takes. */
const policies = fc.record({
  attempts: fc.integer({ min: 1, max: 20 }),
  timeoutMs: fc.integer({ min: 50, max: 60_000 }),
  backoff: fc.constantFrom('none', 'fixed', 'exponential'),
  baseMs: fc.integer({ min: 0, max: 60_000 }),
  jitter: fc.oneof(
    fc.constantFrom(0, 1, 0.3333333333, 1.8105691029867303e-6, 1e-7, 5e-324),
    fc.double({ min: 0, max: 1, noNaN: true }),
  ),
  key: fc.constantFrom('same', 'new'),
})

test('every policy of a retry storm is one that clients obey', () => {
  fc.assert(
    fc.property(policies, (policy) => {
      const settings = retryStorm.settings.parse(policy)
      const header = retryStorm.clientPolicy?.(settings) ?? ''
      expect(parseClientPolicy(header, defaultPolicy)).toEqual(policy as never)
    }),
  )
})

describe('one database URL, four readers', () => {
  const databases = ['mysql://u:p@db:3306/stampede_ci', 'mariadb://u:p@db:3306/stampede_ci']
  const redises = ['redis://h:6379', 'rediss://:p@h:6379/1']
  const readers = { serverEnvironment, workerEnvironment, samplerEnvironment, ticketsEnvironment }
  const others = { TICKETS_URL: 'http://127.0.0.1:1', BANK_URL: 'http://127.0.0.1:2' }
  const cases = Object.entries(readers).flatMap(([name, schema]) =>
    databases.flatMap((database) =>
      redises.map((redis) => [name, database, redis, schema] as const),
    ),
  )
  test.each(cases)('%s takes %s and %s', (_, database, redis, schema) => {
    const given = { ...others, DATABASE_URL: database, REDIS_URL: redis }
    expect(schema.safeParse(given).error).toBeUndefined()
    const guarded = { DATABASE_URL: guardDatabaseUrl(database), REDIS_URL: guardRedisUrl(redis) }
    const passed = { DATABASE_URL: guarded.DATABASE_URL.href, REDIS_URL: guarded.REDIS_URL.href }
    expect(schema.safeParse({ ...others, ...passed }).error).toBeUndefined()
  })
})
