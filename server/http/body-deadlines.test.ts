import { expect, test } from 'bun:test'
import { fakeClock } from '../testing/fake-clock.ts'
import { BodyDeadlines } from './body-deadlines.ts'

const waitMsMax = 4000
const never = () => new Promise<string>(() => {})

function bodies(openMax?: number) {
  const clock = fakeClock()
  const deadlines = new BodyDeadlines({ waitMsMax, ...(openMax && { openMax }) }, clock)
  const late: number[] = []
  const wait = (body: Promise<string>, index = 0) =>
    deadlines.wait(body, () => {
      late.push(index)
      return new Error('late')
    })
  return { clock, deadlines, wait, late }
}

test('senders that are late together are given up a few at a time, the oldest first', async () => {
  const { clock, deadlines, wait, late } = bodies()
  const ends = Array.from({ length: 100 }, (_, index) => wait(never(), index).catch(() => 'late'))
  await clock.pass(waitMsMax - 1)
  expect([late.length, clock.timers()]).toEqual([0, 1])
  const counts: number[] = []
  for (let turn = 0; turn < 3; turn += 1) {
    await clock.pass(turn === 0 ? 1 : 5)
    counts.push(late.length)
  }
  expect(counts).toEqual([4, 8, 12])
  await clock.pass(1000)
  expect(late).toEqual(Array.from({ length: 100 }, (_, index) => index))
  expect(await Promise.all(ends)).toEqual(Array(100).fill('late'))
  expect([deadlines.open, clock.timers()]).toEqual([0, 0])
})

test('a body that came with its head is not timed, one that comes later is not late', async () => {
  const { clock, wait, late } = bodies()
  expect(await wait(Promise.resolve('{}'))).toBe('{}')
  expect(clock.timers()).toBe(0)
  const slow = Promise.withResolvers<string>()
  const text = wait(slow.promise)
  await clock.pass(waitMsMax - 1)
  slow.resolve('{"a":1}')
  expect(await text).toBe('{"a":1}')
  await clock.pass(waitMsMax)
  expect([late.length, clock.timers()]).toEqual([0, 0])
})

test('a body that cannot be read fails as it fails', async () => {
  const { wait } = bodies()
  const broken = Promise.withResolvers<string>()
  const text = wait(broken.promise)
  broken.reject(new Error('gone'))
  await expect(text).rejects.toThrow('gone')
})

test('above the bound the oldest goes', async () => {
  const { wait, late } = bodies(2)
  const ends = [0, 1, 2].map((index) => wait(never(), index).catch(() => 'late'))
  expect(await ends[0]).toBe('late')
  expect(late).toEqual([0])
})
