import { afterEach, beforeEach, expect, type Mock, spyOn, test } from 'bun:test'
import type { BorrowingPool } from '../db/pool.ts'
import { NotDurable, refuseNotDurable } from './start-checks.ts'

/** A server with these settings; `redo` and the like are as the driver gives them. */
const serverWith = (settings: object) => {
  const query = async () => [[settings]]
  const connection = { query, release: () => {}, destroy: () => {} }
  return { counters: { inUse: 1 }, borrow: async () => connection } as unknown as BorrowingPool
}

let said: Mock<typeof console.error>
beforeEach(() => {
  said = spyOn(console, 'error').mockImplementation(() => {})
})
afterEach(() => said.mockRestore())

test.each([
  [{ redo: 1, binlog: 0, sync: 0 }],
  [{ redo: 1, binlog: 1, sync: 1 }],
  [{ redo: '1', binlog: '1', sync: '1' }],
])('nothing is said of %j', async (settings) => {
  await refuseNotDurable(serverWith(settings), true)
  expect(said).not.toHaveBeenCalled()
})

test.each([
  [{ redo: 0, binlog: 0, sync: 0 }],
  [{ redo: 2, binlog: 1, sync: 1 }],
  [{ redo: '2', binlog: 0, sync: 0 }],
])('%j refuses the start, or is warned of', async (settings) => {
  await expect(refuseNotDurable(serverWith(settings), true)).rejects.toBeInstanceOf(NotDurable)
  expect(said).not.toHaveBeenCalled()
  await refuseNotDurable(serverWith(settings), false)
  expect(said.mock.calls.flat().join()).toContain('WARNING: innodb_flush_log_at_trx_commit is')
})

test('a binary log that is not synced is warned of', async () => {
  await refuseNotDurable(serverWith({ redo: 1, binlog: 1, sync: 0 }), true)
  expect(said.mock.calls.flat().join()).toContain('WARNING: sync_binlog is 0, not 1')
})
