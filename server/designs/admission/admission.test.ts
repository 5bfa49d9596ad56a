import { afterEach, expect, setSystemTime } from 'bun:test'
import type { Services } from '../../ctx.ts'
import { Problem } from '../../errors.ts'
import { routeNames } from '../../route-names.ts'
import { because, type Check, contract } from '../../testing/contract.ts'
import { type FakeClock, fakeClock } from '../../testing/fake-clock.ts'
import { type PooledServer, pooledServer } from '../../testing/pooled-server.ts'
import type { Design } from '../design.ts'
import { OpenedOptions } from '../opened-options.ts'
import { AdaptiveAdmission, limitOf } from './adaptive/adaptive.ts'
import { classOfRoute, type RequestClass, requestClasses } from './admission.ts'
import { RateLimitedAdmission } from './rate-limited.ts'

/** The pretend database serves 400 a second: 4 at a time, 10 ms each. */
const connections = 4
const capacity = 400
const patienceMs = 1000
afterEach(() => void setSystemTime())

const never = new AbortController().signal

/** A process at a pretend database: what a design's admission makes of a crowd. */
class Process {
  readonly clock: FakeClock = fakeClock()
  readonly server: PooledServer = pooledServer(this.clock, connections, 10)
  readonly #adaptive = new AdaptiveAdmission({
    clock: this.clock,
    limit: limitOf(connections),
    pool: this.server,
  })
  readonly #rateLimited = new RateLimitedAdmission({
    ...{ pay: capacity, order: capacity, browse: capacity },
  })
  readonly #options = new OpenedOptions({} as Services)
  served: { requestClass: RequestClass; tookMs: number }[] = []
  refusals: Problem[] = []

  constructor(readonly design: Design) {
    this.#options.provide('admission', 'adaptive', this.#adaptive)
    this.#options.provide('admission', 'rate-limited', this.#rateLimited)
  }

  /** Decisions, of whichever option took them. */
  counts(decision: 'admitted' | 'refused', requestClass: RequestClass): number {
    const both = [this.#adaptive.counts, this.#rateLimited.counts]
    return both.reduce((sum, counts) => sum + counts[decision][requestClass], 0)
  }

  /** @returns the pass to show next time; undefined when it was refused */
  async send(requestClass: RequestClass, pass?: string): Promise<string | undefined> {
    const sinceMs = this.clock.nowMs()
    // The library of fixed rates knows the wall clock only.
    setSystemTime(sinceMs + 1)
    const arrival = { requestClass, pass, gone: () => never }
    try {
      const entry = await this.#options.of(this.design).admission.admit(arrival)
      await this.server.serve()
      this.served.push({ requestClass, tookMs: this.clock.nowMs() - sinceMs })
      entry?.leave()
      return entry?.pass ?? pass ?? 'none'
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      this.refusals.push(error)
      return undefined
    }
  }

  /** Two orders and a payment, one after the other; a refusal ends it. */
  async journey(ended: (isWhole: boolean) => void): Promise<void> {
    const pass = await this.send('order')
    if (pass === undefined) return
    const sinceMs = this.clock.nowMs()
    const next = await this.send('order', pass)
    const last = next && (await this.send('pay', next))
    ended(last !== undefined && this.clock.nowMs() - sinceMs <= patienceMs)
  }

  /** A crowd of so many a second of each class; what is under way at its end stays so. */
  async crowd(perSecond: number, seconds: number, classes: readonly RequestClass[] = ['order']) {
    const count = perSecond * seconds
    for (let index = 0; index < count; index += 1) {
      for (const requestClass of classes) void this.send(requestClass)
      await this.clock.pass(1000 / perSecond)
    }
  }

  count = (requestClass: RequestClass) =>
    this.served.filter((request) => request.requestClass === requestClass).length
}

/** Answers that came in time, per second, as a share of the capacity. */
async function goodput(process: Process, perSecond: number, seconds: number): Promise<number> {
  const before = process.served.length
  await process.crowd(perSecond, seconds)
  const inTime = process.served.slice(before).filter(({ tookMs }) => tookMs <= patienceMs)
  return inTime.length / seconds / capacity
}

function suite(check: Check, design: Design): void {
  check('at rest nothing is refused', async () => {
    const process = new Process(design)
    for (let round = 0; round < 50; round += 1) {
      for (const requestClass of requestClasses) void process.send(requestClass)
      await process.clock.pass(100)
    }
    expect(process.refusals).toEqual([])
    expect(process.served).toHaveLength(150)
  })

  check('refuses what is too much, with a time to come back', async () => {
    const process = new Process(design)
    await process.crowd(capacity * 5, 2)
    expect(process.refusals.length).toBeGreaterThan(capacity)
    for (const { code, definite, retryAfterSeconds } of process.refusals) {
      expect(['overloaded', 'rate-limited']).toContain(code)
      expect(definite).toBe(true)
      expect(retryAfterSeconds).toBeWithin(1, 9)
    }
  })

  check('counts what it refuses and what it lets in', async () => {
    const process = new Process(design)
    await process.crowd(capacity * 2, 1, requestClasses)
    await process.clock.pass(5000)
    const sum = (decision: 'admitted' | 'refused') =>
      requestClasses.reduce((total, name) => total + process.counts(decision, name), 0)
    expect(sum('refused')).toBeGreaterThan(0)
    expect(sum('refused')).toBe(process.refusals.length)
    expect(sum('admitted')).toBe(process.served.length)
  })

  check('payments go before orders, orders before browsing', async () => {
    const process = new Process(design)
    await process.crowd(capacity, 3, ['browse', 'order', 'pay'])
    expect(process.count('pay')).toBeGreaterThan(process.count('order') * 2)
    expect(process.count('order')).toBeGreaterThanOrEqual(process.count('browse'))
  })

  check('under five times its capacity it serves nearly its capacity, in time', async () => {
    expect(await goodput(new Process(design), capacity * 5, 6)).toBeGreaterThan(0.9)
  })

  check('finishes the journeys that it lets in', async () => {
    const process = new Process(design)
    const ends: boolean[] = []
    for (let index = 0; index < capacity * 8; index += 1) {
      void process.journey((isWhole) => ends.push(isWhole))
      await process.clock.pass(1000 / (capacity * 2))
    }
    const whole = ends.filter((isWhole) => isWhole).length
    expect(whole / ends.length).toBeGreaterThan(0.95)
    expect((whole * 3) / 4 / capacity).toBeGreaterThan(0.9)
  })

  check('recovers by itself once the overload is over', async () => {
    const process = new Process(design)
    await process.crowd(capacity * 5, 4)
    await process.crowd(capacity / 2, 1)
    const refused = process.refusals.length
    expect(await goodput(process, capacity / 2, 2)).toBeGreaterThan(0.49)
    expect(process.refusals.length - refused).toBe(0)
  })

  check('lets fewer in while the database is slow, and more again after', async () => {
    const process = new Process(design)
    const admittedBy = async () => {
      await process.crowd(capacity, 4)
      const before = process.counts('admitted', 'order')
      await process.crowd(capacity, 2)
      return process.counts('admitted', 'order') - before
    }
    const usual = await admittedBy()
    process.server.workMs = 100
    const slow = await admittedBy()
    process.server.workMs = 10
    const again = await admittedBy()
    expect(usual).toBeGreaterThan(0)
    expect(slow).toBeLessThan(usual / 4)
    expect(again).toBeGreaterThan(usual * 0.9)
  })
}

const overCapacity = 'under five times its capacity it serves nearly its capacity, in time'
const followsDatabase = 'lets fewer in while the database is slow, and more again after'
const inOrder = 'payments go before orders, orders before browsing'
const refusesSome = 'refuses what is too much, with a time to come back'
const counted = 'counts what it refuses and what it lets in'
const finishes = 'finishes the journeys that it lets in'
const recovers = 'recovers by itself once the overload is over'

contract('admission', suite, {
  knownFailures: {
    open: because(
      'every request is let in',
      ...[refusesSome, counted, inOrder, overCapacity, finishes, recovers, followsDatabase],
    ),
    queued: because(
      'every request is let in, and only orders wait, in the database',
      ...[refusesSome, counted, inOrder, overCapacity, finishes, recovers, followsDatabase],
    ),
    'rate-limited': because('its rate is fixed', inOrder, followsDatabase, finishes),
  },
})

contract('admission', (check) => {
  check('every route has a class, and none that watches or repairs can be refused', async () => {
    expect(Object.keys(classOfRoute).sort()).toEqual([...routeNames].sort())
    const free = routeNames.filter((name) => classOfRoute[name] === null)
    const designs = ['read', 'write', 'flag', 'rollback', 'history', 'shadow']
    expect<string[]>(free).toEqual([
      ...['healthz', 'readyz'],
      ...designs.map((one) => `designs.${one}`),
    ])
  })
})
