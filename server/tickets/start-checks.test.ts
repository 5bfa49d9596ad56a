import { afterEach, beforeEach, expect, type Mock, spyOn, test } from 'bun:test'
import type { BorrowingPool } from '../db/pool.ts'
import { NotDurable, refuseNotDurable } from './start-checks.ts'

/** A server with these settings; `redo` and the like are as the driver gives them. */
const serverWith = (settings: object) => {
  const query = async () => [[settings]]
  const connection = { query, release: () => {}, destroy: () => {} }
  return { counters: { inUse: 1 }, borrow: async () => connection } as unknown as BorrowingPool
}

let printed: Mock<typeof console.error>
beforeEach(() => {
  printed = spyOn(console, 'error').mockImplementation(() => {})
})
afterEach(() => printed.mockRestore())

test.each([
  [{ redo: 1, binlog: 0, sync: 0 }],
  [{ redo: 1, binlog: 1, sync: 1 }],
  [{ redo: '1', binlog: '1', sync: '1' }],
])('nothing is printed about %j', async (settings) => {
  await refuseNotDurable(serverWith(settings), true)
  expect(printed).not.toHaveBeenCalled()
})

test.each([
  [{ redo: 0, binlog: 0, sync: 0 }],
  [{ redo: 2, binlog: 1, sync: 1 }],
  [{ redo: '2', binlog: 0, sync: 0 }],
])('%j refuses the start, or is warned of', async (settings) => {
  await expect(refuseNotDurable(serverWith(settings), true)).rejects.toBeInstanceOf(NotDurable)
  expect(printed).not.toHaveBeenCalled()
  await refuseNotDurable(serverWith(settings), false)
  expect(printed.mock.calls.flat().join()).toContain('WARNING: innodb_flush_log_at_trx_commit is')
})

test('a binary log that is not synced is warned of', async () => {
  await refuseNotDurable(serverWith({ redo: 1, binlog: 1, sync: 0 }), true)
  expect(printed.mock.calls.flat().join()).toContain('WARNING: sync_binlog is 0, not 1')
})
