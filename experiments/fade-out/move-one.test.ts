import { expect, test } from 'bun:test'
import { UserError } from '../../lab/user-error.ts'
import type { Counter } from './counters.ts'
import { moveOne } from './move-one.ts'

const counter = (value: number, retiredEpoch: number | null = null): Counter => ({
  value,
  successor: retiredEpoch === null ? null : 'ticket-server',
  retiredValue: retiredEpoch === null ? null : value,
  retiredEpoch,
})

/** A shop whose row of orders stands at 7, and in which each pause takes a second. */
function shop() {
  const state = {
    option: 'sequence-table',
    row: counter(7),
    largest: 7,
    changes: [] as object[],
    lines: [] as string[],
    nowMs: 0,
    /** What happens in each second. */
    tick: () => {},
    /** What happens when the flag is set. */
    onSet: (): void => {
      state.option = 'ticket-server'
      state.row = counter(7, 3)
    },
  }
  const move = () =>
    moveOne({
      ...{ sequence: 'orders' as const, to: 'ticket-server', retires: 'row' as const },
      ...{ start: 1_000_000_000, windowSeconds: 4 },
      shop: {
        flagOf: async () => ({ axis: 'ids.orders', option: state.option, percent: 0 }),
        set: async (axis, change) => {
          state.changes.push({ axis, ...change })
          state.onSet()
        },
      },
      counters: async () => ({ row: state.row, mark: counter(0) }),
      largestId: async () => state.largest,
      tell: (line) => state.lines.push(line),
      now: () => state.nowMs,
      pause: async () => {
        state.nowMs += 1000
        state.tick()
      },
    })
  const grow = () => {
    state.largest = Math.max(state.largest, 999_999_999) + 1
  }
  return { state, move, grow }
}

test('sets the flag with the start, and watches the row for the window', async () => {
  const { state, move, grow } = shop()
  state.tick = grow
  expect(await move()).toMatchObject({ outcome: 'stood', retiredAt: 7, epoch: 3 })
  expect(state.changes).toEqual([
    {
      ...{ axis: 'ids.orders', option: 'ticket-server', start: 1_000_000_000 },
      reason: 'fade-out: orders to ticket-server',
    },
  ])
  expect(state.nowMs).toBe(4000)
})

test('a row that moves once it is retired is seen at the next look', async () => {
  const { state, move, grow } = shop()
  state.tick = () => {
    grow()
    if (state.nowMs === 2000) state.row = { ...state.row, value: 8 }
  }
  expect(await move()).toMatchObject({ outcome: 'moves', retiredAt: 7 })
  expect(state.nowMs).toBe(2000)
})

test('where no row comes from the new source there is no data, after three windows', async () => {
  const { state, move } = shop()
  expect(await move()).toMatchObject({ outcome: 'no-data' })
  expect(state.nowMs).toBe(12_000)
})

test('a sequence that has moved before is watched again, and not moved', async () => {
  const { state, move, grow } = shop()
  state.onSet()
  state.tick = grow
  expect(await move()).toMatchObject({ outcome: 'stood', epoch: 3 })
  expect(state.changes).toEqual([])
  expect(state.lines[0]).toContain('watched again')
})

test('a change without an answer that was made all the same is not made twice', async () => {
  const { state, move, grow } = shop()
  const { onSet } = state
  state.onSet = () => {
    onSet()
    throw new UserError('no answer')
  }
  state.tick = grow
  expect(await move()).toMatchObject({ outcome: 'stood' })
  expect(state.changes).toHaveLength(1)
})

test('a shop that refuses is asked three times', async () => {
  const { state, move } = shop()
  state.onSet = () => {
    throw new UserError('the shop refuses')
  }
  await expect(move()).rejects.toThrow('the shop refuses')
  expect(state.changes).toHaveLength(3)
})

test('a shop that has set the flag but retired nothing is none that can be faded out', async () => {
  const { state, move } = shop()
  state.onSet = () => {
    state.option = 'ticket-server'
  }
  await expect(move()).rejects.toThrow('not retired')
})
