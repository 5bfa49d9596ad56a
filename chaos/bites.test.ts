import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { Glob } from 'bun'
import {
  type ClientPolicy,
  defaultPolicy,
  parseClientPolicy,
} from '../loadtests/crowd/client-policy.ts'
import { pointNames, pointsWithoutConnection } from '../server/points.ts'
import { boardAt, countingDatabase, site } from './testing/board-at.ts'

const root = join(import.meta.dir, '..')

describe('aim', () => {
  test('slow-query bites at its point, where a connection is held, on its route', async () => {
    const { board } = boardAt()
    const { db, counted } = countingDatabase()
    board.put('slow-query', {
      latencyMs: 1,
      target: { point: 'payment.claimed', route: 'payments.create' },
    })
    const aimed = site({ point: 'payment.claimed', route: 'payments.create', db })
    for (const miss of [
      { ...aimed, point: 'order.written' as const },
      { ...aimed, route: 'orders.create' },
      { ...aimed, db: undefined },
    ]) {
      await board.at(miss)
    }
    expect(counted.statements).toBe(0)
    await board.at(aimed)
    expect(counted.statements).toBe(1)
    expect(board.list().find(({ name }) => name === 'slow-query')?.injected).toBe(1)
  })

  test('a bite under way ends when its fault gets other settings', async () => {
    const { board } = boardAt()
    const { db, counted } = countingDatabase()
    board.put('slow-query', { latencyMs: 10_000 })
    counted.after = () => void board.put('slow-query', { latencyMs: 1 })
    await board.at(site({ db }))
    expect(counted.statements).toBe(1)
  })

  test('points at which a flow holds no connection are known, and refused', async () => {
    const passes = new Map<string, boolean>()
    for await (const path of new Glob('server/{flows,designs}/**/*.ts').scan(root)) {
      const text = await Bun.file(join(root, path)).text()
      for (const [, point = '', db] of text.matchAll(
        /\bctx\.at\('([\w.]+)'(, db)?(, \w[\w.]*)?\)/g,
      )) {
        passes.set(point, passes.get(point) !== false && db !== undefined)
      }
    }
    expect(passes.size).toBeGreaterThan(9)
    const without = pointNames.filter((point) => passes.get(point) === false)
    expect(without).toEqual([...pointsWithoutConnection])
  })

  test('without a point, slow-query bites where stock is taken', async () => {
    const { board } = boardAt()
    const { db, counted } = countingDatabase()
    board.put('slow-query', { latencyMs: 500 })
    await board.at(site({ db, point: 'order.written' }))
    await board.at(site({ db }))
    expect(counted.statements).toBe(2)
  })

  test('retry-storm and bank keep to their route', () => {
    const { board } = boardAt()
    const target = { route: 'orders.create' }
    board.put('retry-storm', { target })
    board.put('bank', { latencyMs: 5, target })
    expect(board.clientPolicy('payments.create')).toBeUndefined()
    expect(board.bankHeaders('payments.create')).toBeUndefined()
    expect(board.clientPolicy('orders.create')).toBeString()
    expect(board.bankHeaders('orders.create')).toEqual({ 'x-bank-latency-ms': '5' })
  })
})

describe('the policy of clients', () => {
  const policyUnder = (asked: Record<string, object>) => {
    const { board } = boardAt()
    for (const [name, settings] of Object.entries(asked)) board.put(name, settings)
    const header = board.clientPolicy('orders.create') ?? ''
    return parseClientPolicy(header, defaultPolicy)
  }

  test.each<[string, object, Partial<ClientPolicy>]>([
    ['refresh-storm', { afterMs: 400, times: 2 }, { readAttempts: 3, readTimeoutMs: 400 }],
    ['duplicate-submit', {}, { twice: 'writes' }],
    ['abandon', { afterMs: 700 }, { attempts: 1, timeoutMs: 700 }],
    [
      'retry-storm',
      { attempts: 4, backoff: 'decorrelated', jitter: 1, retryAfter: 'ignore', budget: 2 },
      {
        ...{ attempts: 4, timeoutMs: 300, backoff: 'decorrelated', baseMs: 100 },
        ...{ retryAfter: 'ignore', budget: 2 },
      },
    ],
  ])('%s is one that clients understand', (name, settings, policy) => {
    expect(policyUnder({ [name]: settings })).toEqual({ ...defaultPolicy, ...policy })
  })

  test('is of all faults together, the first that has a word having it', () => {
    const both = { 'refresh-storm': {}, abandon: { afterMs: 900 }, 'retry-storm': { attempts: 9 } }
    expect(policyUnder(both)).toMatchObject({
      ...{ attempts: 1, timeoutMs: 900, backoff: 'none' },
      ...{ readAttempts: 4, readTimeoutMs: 500 },
    })
  })
})

describe('chance', () => {
  const decisions = (seed: number, probability = 0.3) => {
    const { board } = boardAt()
    board.put('retry-storm', { probability, seed })
    return Array.from({ length: 1000 }, () => board.clientPolicy('users.read') !== undefined)
  }

  test('the same seed decides the same, another seed otherwise', () => {
    expect(decisions(7)).toEqual(decisions(7))
    expect(decisions(7)).not.toEqual(decisions(8))
  })

  test('bites as often as asked, and counts what it did', () => {
    const bitten = decisions(1).filter(Boolean).length
    expect(bitten).toBeGreaterThan(250)
    expect(bitten).toBeLessThan(350)
    expect(decisions(1, 0)).not.toContain(true)
    expect(decisions(1, 1)).not.toContain(false)
  })

  test('only what the fault wanted draws from its dice', async () => {
    const outcomes = async (noise: number) => {
      const { board } = boardAt()
      const { db, counted } = countingDatabase()
      board.put('slow-query', { latencyMs: 1, probability: 0.5, seed: 4 })
      for (let turn = 0; turn < 50; turn += 1) {
        for (let other = 0; other < noise; other += 1) {
          await board.at(site({ db, point: 'order.written' }))
        }
        await board.at(site({ db }))
      }
      return counted.statements
    }
    expect(await outcomes(3)).toBe(await outcomes(0))
  })
})

describe('bank', () => {
  const outcomes = (settings: object) => {
    const { board } = boardAt()
    board.put('bank', settings)
    return Array.from({ length: 1000 }, () => board.bankHeaders('payments.create'))
  }

  test('latency is added to every call', () => {
    expect(outcomes({ latencyMs: 250 })).toEqual(Array(1000).fill({ 'x-bank-latency-ms': '250' }))
  })

  test('errors and lost answers come as often as asked, never both', () => {
    const seen = outcomes({ errorRate: 0.2, lostRate: 0.1 })
    const share = (outcome: string) =>
      seen.filter((headers) => headers?.['x-bank-outcome'] === outcome).length / seen.length
    expect(share('error')).toBeCloseTo(0.2, 1)
    expect(share('lost')).toBeCloseTo(0.1, 1)
    expect(outcomes({ lostRate: 1 })).toEqual(Array(1000).fill({ 'x-bank-outcome': 'lost' }))
  })

  test('without settings it does, and counts, nothing', () => {
    const { board } = boardAt()
    board.put('bank', {})
    expect(board.bankHeaders('payments.create')).toBeUndefined()
    expect(board.list().find(({ name }) => name === 'bank')?.injected).toBe(0)
  })
})

test('the client policy has every setting, in the format that clients read', () => {
  const { board } = boardAt()
  board.put('retry-storm', {
    attempts: 3,
    timeoutMs: 400,
    backoff: 'exponential',
    baseMs: 50,
    jitter: 0.5,
    key: 'new',
  })
  expect(board.clientPolicy('users.read')).toBe(
    'attempts=3;timeout-ms=400;backoff=exponential;base-ms=50;jitter=0.5;key=new',
  )
})

test('event-loop-blocked: no timer runs until the block is over', async () => {
  const { board } = boardAt()
  board.put('event-loop-blocked', { blockMs: 60 })
  const startedMs = performance.now()
  const timer = Bun.sleep(1).then(() => performance.now() - startedMs)
  expect(await board.atRequest('/')).toBeUndefined()
  expect(await timer).toBeGreaterThanOrEqual(60)
  expect(board.list().find(({ name }) => name === 'event-loop-blocked')?.injected).toBe(1)
})

describe('a share of customers', () => {
  const users = Array.from({ length: 2000 }, (_, index) => `${index + 1}`)
  const bitten = (userShare: number, seed = 1) => {
    const { board } = boardAt()
    board.put('bank', { latencyMs: 5, seed, target: { userShare } })
    const of = (user: string) => board.bankHeaders('payments.create', { user }) !== undefined
    const first = users.filter(of)
    // Sticky: another request of the same customer ends the same.
    expect(users.filter(of)).toEqual(first)
    return new Set(first)
  }

  test('is as large as asked, the same of one seed, and grows by more of them', () => {
    const [small, large] = [bitten(0.1), bitten(0.3)]
    expect(small.size / users.length).toBeCloseTo(0.1, 1)
    expect(large.size / users.length).toBeCloseTo(0.3, 1)
    expect(small.isSubsetOf(large)).toBe(true)
    expect(bitten(0.3)).toEqual(large)
    expect(bitten(0.3, 2)).not.toEqual(large)
    expect([bitten(0).size, bitten(1).size]).toEqual([0, users.length])
  })

  test('leaves requests out that are for no known customer', async () => {
    const { board } = boardAt()
    const { db, counted } = countingDatabase()
    expect(board.asksUser()).toBe(false)
    board.put('slow-query', { latencyMs: 1, target: { userShare: 1 } })
    expect(board.asksUser()).toBe(true)
    await board.at(site({ db }))
    expect(counted.statements).toBe(0)
    await board.at(site({ db, user: '7' }))
    expect(counted.statements).toBe(1)
    board.reset()
    expect(board.asksUser()).toBe(false)
  })
})
