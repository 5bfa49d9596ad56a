import { expect, test } from 'bun:test'
import { atOnce } from './at-once.ts'

test('no more than so many are begun at once, and one that waits holds up none', async () => {
  const gate = Promise.withResolvers<void>()
  const done: number[] = []
  let [now, most] = [0, 0]
  const all = atOnce([1, 2, 3, 4, 5], 2, async (item) => {
    now += 1
    most = Math.max(most, now)
    if (item === 1) await gate.promise
    else await Promise.resolve()
    now -= 1
    done.push(item)
    if (item === 5) gate.resolve()
  })
  expect(await all).toEqual([])
  expect([most, done]).toEqual([2, [2, 3, 4, 5, 1]])
})

test('what is not begun any more is returned', async () => {
  const done: number[] = []
  const work = async (item: number) => void done.push(item)
  expect(await atOnce([1, 2, 3], 1, work, () => done.length < 2)).toEqual([3])
})
