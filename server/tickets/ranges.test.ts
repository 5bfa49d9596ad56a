import { expect, test } from 'bun:test'
import { inversionsIn } from './ranges.ts'

test('counts the ids that are smaller than one had before, as numbers and not as text', () => {
  expect(inversionsIn([])).toBe(0)
  expect(inversionsIn(['9', '10', '11'])).toBe(0)
  expect(inversionsIn(['1', '1001', '2', '1002', '3'])).toBe(2)
  expect(inversionsIn(['9007199254740993', '9007199254740992'])).toBe(1)
})
