import { describe, expect, test } from 'bun:test'
import type { Site } from '../server/ctx.ts'
import { Problem } from '../server/errors.ts'
import { spoil } from '../server/testing/bad-values.ts'
import { createBoard } from './board.ts'
import { faults } from './faults.ts'

/** A board whose clock stands still until the test moves it, seconds. */
function boardAt(seconds = 0) {
  const clock = { seconds }
  return { board: createBoard(() => clock.seconds * 1000), clock }
}

/** A connection that counts what it was asked to run. */
function countingDatabase() {
  const counted = { statements: 0, after: () => {} }
  const execute = async () => {
    counted.statements += 1
    counted.after()
  }
  return { counted, db: { execute } as unknown as Site['db'] }
}

const site = (over: Partial<Site> = {}): Site => ({
  point: 'order.stock.taken',
  route: 'orders.create',
  db: undefined,
  ...over,
})

function problemOf(work: () => unknown): Problem | undefined {
  try {
    work()
    return undefined
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
}

const names = Object.keys(faults)

describe('a board with nothing on', () => {
  test('takes the no-op path', () => {
    const { board } = boardAt()
    const { db, counted } = countingDatabase()
    expect(board.at(site({ db }))).toBeUndefined()
    expect(board.bankHeaders('orders.create')).toBeUndefined()
    expect(board.clientPolicy('orders.create')).toBeUndefined()
    expect(counted.statements).toBe(0)
  })

  test('lists every fault as off', () => {
    for (const state of boardAt().board.list()) {
      expect(state).toMatchObject({ active: false, settings: null, remainingSeconds: 0 })
      expect(state.injected).toBe(0)
      expect(state.summary).toEndWith('.')
    }
  })
})

describe('settings', () => {
  test.each(names)('%s takes its own example, and an empty object', (name) => {
    const { board } = boardAt()
    expect(board.put(name, faults[name]?.example)).toMatchObject({ active: true })
    expect(board.put(name, {})).toMatchObject({ active: true, remainingSeconds: 60 })
  })

  test.each(names)('%s refuses each spoiled setting by name, nothing half-applied', (name) => {
    const { board } = boardAt()
    const good = { ...faults[name]?.example, ttlSeconds: 7, probability: 0.5, seed: 3, target: {} }
    const before = board.put(name, good)
    const withRoute = { ...good, target: { route: 'orders.create' } }
    const optional = [...Object.keys(good), 'route']
    const fine = ['target = {}', 'ttlSeconds = 1.5']
    const spoiled = spoil(withRoute, optional).filter(({ what }) => !fine.includes(what))
    expect(spoiled.length).toBeGreaterThan(50)
    for (const { what, path, value } of spoiled) {
      const problem = problemOf(() => board.put(name, value))
      expect([what, problem?.code]).toEqual([what, 'invalid-fault'])
      const field = problem?.field ?? ''
      expect([what, field === 'body' || path.startsWith(field)]).toEqual([what, true])
      expect(board.list().find((state) => state.name === name)).toEqual(before)
    }
  })

  test.each([
    ['slow-query', { latencyMs: 0 }, 'latencyMs'],
    ['slow-query', { latencyMs: 10_001 }, 'latencyMs'],
    ['slow-query', { ttlSeconds: 0 }, 'ttlSeconds'],
    ['slow-query', { ttlSeconds: 901 }, 'ttlSeconds'],
    ['slow-query', { probability: 1.01 }, 'probability'],
    ['slow-query', { seed: 2 ** 32 }, 'seed'],
    ['slow-query', { target: { point: 'order.stock.take' } }, 'target.point'],
    ['slow-query', { target: { route: 'order.create' } }, 'target.route'],
    ['bank', { errorRate: 0.6, lostRate: 0.6 }, 'lostRate'],
    ['bank', { latencyMs: 0.5 }, 'latencyMs'],
    ['bank', { target: { point: 'order.stock.taken' } }, 'target.point'],
    ['retry-storm', { target: { point: 'order.stock.taken' } }, 'target.point'],
    ['retry-storm', { attempts: 21 }, 'attempts'],
    ['retry-storm', { backoff: 'linear' }, 'backoff'],
    ['retry-storm', { key: 'other' }, 'key'],
  ])('%s with %j is refused, naming %s', (name, settings, field) => {
    const { board } = boardAt()
    expect(problemOf(() => board.put(name, settings))).toMatchObject({
      code: 'invalid-fault',
      field,
    })
    expect(board.list().some(({ active }) => active)).toBe(false)
  })

  test.each([[null], [undefined], [[]], ['x'], [1], [true]])('%p is no body', (body: unknown) => {
    const problem = problemOf(() => boardAt().board.put('bank', body))
    expect(problem).toMatchObject({ code: 'invalid-fault', field: 'body' })
  })
})

describe('a name that is not known', () => {
  test.each([
    ['slowquery', 'slow-query'],
    ['retrystorm', 'retry-storm'],
    ['banks', 'bank'],
  ])('%s is refused with the nearest, %s', (asked, nearest) => {
    const { board } = boardAt()
    for (const work of [() => board.put(asked, {}), () => board.remove(asked)]) {
      const problem = problemOf(work)
      expect(problem).toMatchObject({ code: 'not-found', field: 'name' })
      expect(problem?.detail).toContain(`nearest is "${nearest}"`)
      for (const name of names) expect(problem?.detail).toContain(name)
    }
  })

  test.each(['__proto__', 'constructor', 'toString', ''])('%p is no fault', (name) => {
    expect(problemOf(() => boardAt().board.put(name, {}))?.code).toBe('not-found')
  })
})

describe('a fault ends', () => {
  test('by itself, at its time', () => {
    const { board, clock } = boardAt(1000)
    board.put('retry-storm', { ttlSeconds: 5 })
    clock.seconds = 1004.9
    expect(board.clientPolicy('users.read')).toStartWith('attempts=5;')
    expect(board.list().find(({ active }) => active)?.remainingSeconds).toBe(0.1)
    clock.seconds = 1005
    expect(board.list().some(({ active }) => active)).toBe(false)
    expect(board.clientPolicy('users.read')).toBeUndefined()
  })

  test('when it is switched off, or all are', () => {
    const { board } = boardAt()
    for (const name of names) board.put(name, {})
    expect(board.remove('bank')).toMatchObject({ active: false })
    expect(board.list().filter(({ active }) => active)).toHaveLength(names.length - 1)
    board.reset()
    expect(board.list().filter(({ active }) => active)).toEqual([])
    board.reset()
    expect(board.remove('bank')).toMatchObject({ active: false })
  })

  test('a sleep under way stops within a slice once its fault is off', async () => {
    const { board } = boardAt()
    const { db, counted } = countingDatabase()
    board.put('slow-query', { latencyMs: 10_000 })
    counted.after = () => counted.statements === 3 && board.reset()
    await board.at(site({ db }))
    expect(counted.statements).toBe(3)
  })

  test('a sleep under way stops within a slice once its time is over', async () => {
    const { board, clock } = boardAt()
    const { db, counted } = countingDatabase()
    board.put('slow-query', { latencyMs: 10_000, ttlSeconds: 1 })
    counted.after = () => {
      clock.seconds += 0.25
    }
    await board.at(site({ db }))
    expect(counted.statements).toBe(4)
  })

  test('putting it again starts its time and its dice again, not its count', async () => {
    const { board, clock } = boardAt()
    board.put('retry-storm', { ttlSeconds: 2 })
    board.clientPolicy('users.read')
    clock.seconds = 1
    expect(board.put('retry-storm', { ttlSeconds: 2 })).toMatchObject({
      remainingSeconds: 2,
      injected: 1,
    })
  })
})

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

test('the client policy says every setting, in the words that clients read', () => {
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
