import { afterAll, beforeAll, expect, test } from 'bun:test'
import { createBoard } from '../chaos/board.ts'
import { faults } from '../chaos/faults.ts'
import { Problem } from '../server/errors.ts'
import { eventLoopStall } from './own-fault.ts'

const { name } = eventLoopStall
const site = { point: 'order.quoted', route: 'orders.create', db: undefined } as const

// What its line in chaos/faults.ts does.
beforeAll(() => {
  faults[name] = eventLoopStall
})
afterAll(() => {
  delete faults[name]
})

test('a timer that is due waits until the stall is over', async () => {
  const board = createBoard()
  board.put(name, { stallMs: 60 })
  const startedMs = performance.now()
  const timer = Bun.sleep(1).then(() => performance.now() - startedMs)
  await board.at(site)
  expect(await timer).toBeGreaterThanOrEqual(60)
  expect(board.list().find((fault) => fault.name === name)).toMatchObject({
    active: true,
    injected: 1,
  })
})

test('acts only at its point, and no more once its time is over', async () => {
  const clock = { ms: 0 }
  const board = createBoard(() => clock.ms)
  board.put(name, { stallMs: 1, ttlSeconds: 5 })
  await board.at({ ...site, point: 'order.written' })
  clock.ms = 5000
  await board.at(site)
  expect(board.list().find((fault) => fault.name === name)).toMatchObject({
    active: false,
    injected: 0,
  })
})

test('a stall longer than a second is refused', () => {
  expect(() => createBoard().put(name, { stallMs: 1001 })).toThrow(Problem)
})
