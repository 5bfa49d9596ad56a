import { expect, test } from 'bun:test'
import { Room } from './room.ts'

function room(waitingMax: number) {
  const state = { waiting: 0, reads: 0, nowMs: 0 }
  const count = async () => {
    state.reads += 1
    return state.waiting
  }
  return { state, room: new Room(count, waitingMax, () => state.nowMs) }
}

test('takes as many as there are places, and counts again after 250 ms', async () => {
  const { state, room: places } = room(3)
  const taken = await Promise.all([1, 2, 3, 4, 5].map(() => places.take()))
  expect(taken).toEqual([true, true, true, false, false])
  expect(state.reads).toBe(1)
  state.nowMs = 250
  expect(await places.take()).toBe(false)
  state.nowMs = 251
  state.waiting = 2
  expect([await places.take(), await places.take()]).toEqual([true, false])
  expect(state.reads).toBe(2)
})

test('takes none while they cannot be counted, and asks again', async () => {
  let isDown = true
  const count = async () => {
    if (isDown) throw new Error('down')
    return 0
  }
  const places = new Room(count, 1)
  expect(places.take()).rejects.toThrow('down')
  expect(places.take()).rejects.toThrow('down')
  await Promise.resolve()
  isDown = false
  expect(await places.take().catch(() => places.take())).toBe(true)
})
