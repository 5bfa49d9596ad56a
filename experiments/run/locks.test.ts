import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { LockHistory, type LockLook, withoutValues } from './locks.ts'

const transaction = (id: string, more: Partial<LockLook['transactions'][number]> = {}) => ({
  ...{ id, session: `s${id}`, statement: null, isWaiting: false, rowsLocked: 1 },
  ...more,
})
const waiter = (id: string) => transaction(id, { isWaiting: true, statement: 'select 1' })

test('waits and locked rows are counted at each look', () => {
  const history = new LockHistory()
  history.add({ atMs: 0, transactions: [], waits: [] })
  history.add({ atMs: 100, transactions: [transaction('1'), waiter('2')], waits: [] })
  expect(history.locks().samples).toEqual([
    { atMs: 0, waiting: 0, rowsLocked: 0 },
    { atMs: 100, waiting: 1, rowsLocked: 2 },
  ])
})

test('who blocks is named with the longest wait behind it and its last statement', () => {
  const history = new LockHistory()
  const statement = "update product_options set stock = 5 where id = 'x'"
  history.add({ atMs: 0, transactions: [transaction('1', { statement })], waits: [] })
  const two = [
    { waiter: '2', blocker: '1' },
    { waiter: '3', blocker: '1' },
    { waiter: '3', blocker: '2' },
  ]
  const idle = transaction('1')
  history.add({ atMs: 100, transactions: [idle, waiter('2')], waits: two.slice(0, 1) })
  history.add({ atMs: 400, transactions: [idle, waiter('2'), waiter('3')], waits: two })
  expect(history.locks().blockers).toEqual([
    {
      ...{ session: 's1', waiting: 2, waitedMs: 300, isIdle: true },
      statement: 'update product_options set stock = ? where id = ?',
    },
  ])
})

test('a wait that ended and began again counts from its new beginning', () => {
  const history = new LockHistory()
  const waits = [{ waiter: '2', blocker: '1' }]
  for (const atMs of [0, 100]) {
    history.add({ atMs, transactions: [transaction('1'), waiter('2')], waits })
  }
  history.add({ atMs: 5000, transactions: [transaction('2')], waits: [] })
  history.add({ atMs: 9000, transactions: [transaction('1'), waiter('2')], waits })
  expect(history.locks().blockers).toMatchObject([{ waitedMs: 100 }])
})

test('a server that does not show who blocks leaves that unknown', () => {
  const history = new LockHistory()
  history.add({ atMs: 0, transactions: [transaction('1'), waiter('2')], waits: null })
  expect(history.locks().blockers).toBeNull()
})

test.each([
  ["insert into t values ('a', 1, 0x1F)", 'insert into t values (?, …)'],
  ["select * from t where a = 'it''s' and b = 'x\\'y'", 'select * from t where a = ? and b = ?'],
  ["update t set a = 'cut off in the mid", 'update t set a = ?'],
  ['select `a1` from\n  t2 where c = 1.5e3', 'select `a1` from t2 where c = ?'],
])('%j has no values', (statement, shape) => {
  expect(withoutValues(statement)).toBe(shape)
})

test('no text that was quoted is left, whatever it is', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: 'binary' }), (secret) => {
      const quoted = secret.replaceAll('\\', '\\\\').replaceAll("'", "''")
      expect(withoutValues(`update t set a = '${quoted}' where b`)).toBe(
        'update t set a = ? where b',
      )
    }),
  )
})
