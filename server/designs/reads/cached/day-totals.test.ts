import { expect, test } from 'bun:test'
import { DaysAsNumbers } from './day-totals.ts'

const merged = (days: string[], limit: number, numbers = new DaysAsNumbers()) =>
  numbers.mostSold(
    days.map((text, day) => {
      const totals = numbers.totalsOf(`day ${day}`, text)
      if (!totals) throw new Error(`${text} are no totals`)
      return totals
    }),
    limit,
  )

test('totals add up; of equals the smaller id comes first, above 2^53 too', () => {
  const days = ['[["10",3],["9",1]]', '[["9",2],["9007199254740993",9],["9007199254740992",9]]']
  const all = [
    { optionId: '9007199254740992', totalSold: 9 },
    { optionId: '9007199254740993', totalSold: 9 },
    { optionId: '9', totalSold: 3 },
    { optionId: '10', totalSold: 3 },
  ]
  for (const limit of [1, 2, 3, 4, 5]) expect(merged(days, limit)).toEqual(all.slice(0, limit))
})

test('an option of other days only is not among these', () => {
  const numbers = new DaysAsNumbers()
  merged(['[["1",1]]', '[["2",0]]'], 9, numbers)
  const second = numbers.totalsOf('day 1', '[["2",0]]')
  expect(numbers.mostSold(second ? [second] : [], 9)).toEqual([{ optionId: '2', totalSold: 0 }])
})

test('a day is parsed once, however many ranges it is in, and again once it has changed', () => {
  const numbers = new DaysAsNumbers()
  const days = Array.from({ length: 92 }, (_, day) => `[["${day}",${day}]]`)
  for (let from = 0; from < 40; from += 1) merged(days, from + 1, numbers)
  expect(numbers.parsed).toBe(92)
  expect(merged([...days.slice(0, -1), '[["91",1000]]'], 1, numbers)).toEqual([
    { optionId: '91', totalSold: 1000 },
  ])
  expect(numbers.parsed).toBe(93)
})

test('days that are not asked for any more go', () => {
  const numbers = new DaysAsNumbers()
  for (let day = 0; day < 200; day += 1) numbers.totalsOf(`day ${day}`, '[]')
  numbers.totalsOf('day 199', '[]')
  expect(numbers.parsed).toBe(200)
  numbers.totalsOf('day 0', '[]')
  expect(numbers.parsed).toBe(201)
})

test.each(['{}', '[1]', '[["1","2"]]', '[[1,2]]', 'null'])('%s are no totals', (text) => {
  expect(new DaysAsNumbers().totalsOf('today', text)).toBeUndefined()
})
