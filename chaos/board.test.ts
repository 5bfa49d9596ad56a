import { describe, expect, test } from 'bun:test'
import { Problem } from '../server/errors.ts'
import { spoil } from '../server/testing/bad-values.ts'
import { faults } from './faults.ts'
import { boardAt, countingDatabase, site } from './testing/board-at.ts'

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
    ['slow-query', { target: { point: 'order.quoted' } }, 'target.point'],
    ['slow-query', { target: { point: 'dispatch.taken' } }, 'target.point'],
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

  test('every bad setting is listed, and an unknown one by its name', () => {
    const settings = { latencyMs: 0, probability: 2, target: { route: 'x' }, more: 1 }
    const problem = problemOf(() => boardAt().board.put('slow-query', settings))
    const fields = problem?.errors?.map(({ field }) => field) ?? []
    expect(fields.sort()).toEqual(['latencyMs', 'more', 'probability', 'target.route'])
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
