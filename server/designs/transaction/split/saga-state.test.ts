import { expect, test } from 'bun:test'
import { changedParts, partsOf, stateAfter } from './saga-state.ts'

const begun = { orderId: '', lines: [{ units: 1 }], payment: { reference: '' } }

test('a step’s row has what the step changed, and all rows together the state', () => {
  const written = { ...begun, orderId: '7' }
  const claimed = { ...written, payment: { reference: 'r', declined: false } }
  const rows = [
    changedParts(partsOf(begun), partsOf(written)),
    changedParts(partsOf(written), partsOf(claimed)),
  ]
  expect(rows[0]).toBe('{"orderId":"7"}')
  expect(
    stateAfter(
      begun,
      rows.map((row) => JSON.parse(row)),
    ),
  ).toEqual(claimed)
})

test('a step that changes nothing has an empty row, and one of an older version all of it', () => {
  expect(changedParts(partsOf(begun), partsOf(structuredClone(begun)))).toBe('{}')
  const older = { ...begun, orderId: '7' }
  expect(stateAfter(begun, [older])).toEqual(older)
})
