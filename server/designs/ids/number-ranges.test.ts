import { expect, test } from 'bun:test'
import { firstOverlap } from '../../tickets/ranges.ts'
import { idWithin, numberRanges } from './number-ranges.ts'

test('no two sources of ids have a number in common', () => {
  const ranges = Object.values(numberRanges)
  expect(firstOverlap(ranges)).toBeUndefined()
  expect(ranges.filter(({ first, last }) => first < 1 || last > Number.MAX_SAFE_INTEGER)).toEqual(
    [],
  )
})

test('an id beyond the range of its source is refused', () => {
  const range = { first: 5, last: 7 }
  expect(idWithin(range, 7)).toBe('7')
  for (const id of [4, 8]) {
    expect(() => idWithin(range, id)).toThrow('The numbers of this source of ids are used up')
  }
})
