import { expect, spyOn, test } from 'bun:test'
import { eventually, within } from '../testing/barrier.ts'
import { healthOf, startLoop } from './loop.ts'

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

test('a turn that never ends is followed by the next', async () => {
  let turns = 0
  const hang = () => new Promise<boolean>(() => {})
  using _log = spyOn(console, 'error').mockImplementation(() => {})
  const turn = async () => (++turns === 1 ? await hang() : false)
  const loop = startLoop('a loop that hangs, on purpose', 1, turn, 1)
  await eventually('a second turn', async () => turns > 1)
  await within(loop.stop(), 'the loop to end')
})

test('the health of loops tells since when each has not turned', async () => {
  using _log = spyOn(console, 'error').mockImplementation(() => {})
  const hangs = startLoop('hangs', 1, () => new Promise<boolean>(() => {}), 1)
  const turns = startLoop('turns', 1, async () => false)
  await eventually('it is late', async () => hangs.isLate())
  const health = healthOf([turns, hangs], { epoch: 3, ageMs: 40.2, problem: 'away' })
  expect(health.status).toBe(503)
  expect(await health.json()).toEqual({
    status: 'late',
    late: ['hangs'],
    lastTurnSecondsAgo: { turns: expect.any(Number), hangs: expect.any(Number) },
    designFlags: { epoch: 3, ageMs: 40, problem: 'away' },
  })
  expect(healthOf([turns], { epoch: 0, ageMs: 1 }).status).toBe(200)
  await within(Promise.all([hangs.stop(), turns.stop()]), 'the loops to end')
})
