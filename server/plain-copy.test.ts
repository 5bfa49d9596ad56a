import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { plainCopy } from './plain-copy.ts'

test('is equal to any JSON, and shares nothing with it', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(plainCopy(value)).toEqual(value)
    }),
  )
  const lines = [{ optionId: '1', units: 2 }]
  const copy = plainCopy({ lines })
  copy.lines.push({ optionId: '2', units: 1 })
  if (copy.lines[0]) copy.lines[0].units = 0
  expect(lines).toEqual([{ optionId: '1', units: 2 }])
})
