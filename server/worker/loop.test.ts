import { expect, test } from 'bun:test'
import { eventually, within } from '../testing/barrier.ts'
import { startLoop } from './loop.ts'

const forEver = 1_000_000_000

test('a turn that found work is followed by the next at once, idle ones wait', async () => {
  let turns = 0
  const loop = startLoop('test', forEver, async () => ++turns < 5)
  await eventually('five turns', async () => turns === 5)
  await within(loop.stop(), 'the loop to end')
  expect(turns).toBe(5)
})

test('a turn that fails does not end the loop', async () => {
  let turns = 0
  const loop = startLoop('a loop that fails once, on purpose', 1, async () => {
    turns += 1
    if (turns === 1) throw new Error('once')
    return false
  })
  await eventually('a second turn', async () => turns > 1)
  await within(loop.stop(), 'the loop to end')
})

test('a wake ends the pause, and one that comes during a turn is not lost', async () => {
  const gate = Promise.withResolvers<void>()
  let turns = 0
  const loop = startLoop('test', forEver, async () => {
    turns += 1
    if (turns === 1) await gate.promise
    return false
  })
  loop.wake()
  gate.resolve()
  await eventually('a second turn', async () => turns === 2)
  loop.wake()
  await eventually('a third turn', async () => turns === 3)
  await within(loop.stop(), 'the loop to end')
})

test('stopping waits for the turn in hand, and starts no other', async () => {
  const gate = Promise.withResolvers<void>()
  let turns = 0
  const loop = startLoop('test', 1, async () => {
    turns += 1
    await gate.promise
    return true
  })
  let isStopped = false
  const stopped = loop.stop().then(() => {
    isStopped = true
  })
  await Bun.sleep(0)
  expect(isStopped).toBe(false)
  gate.resolve()
  await within(stopped, 'the loop to end')
  expect(turns).toBe(1)
})
