import { expect, test } from 'bun:test'
import type { Choice } from './axes.ts'
import { type Combination, combinationsIn } from './combinations.ts'
import { parseDesign } from './design.ts'

const known: Combination[] = [
  {
    when: { ids: ['sequence-table'], stock: ['row-lock'] },
    verdict: 'hazard',
    reason: 'both lock a row',
  },
  { when: { effects: ['inline', 'outbox'] }, verdict: 'refused', reason: 'no effects at all' },
]
const reasonsOf = (choice: Choice) => combinationsIn(choice, known).map(({ reason }) => reason)

test('a combination matches where every axis that it names has one of the options named', () => {
  const { options: before } = parseDesign('before')
  expect(reasonsOf(before)).toEqual(['both lock a row', 'no effects at all'])
  expect(reasonsOf({ ...before, stock: 'conditional-update' })).toEqual(['no effects at all'])
})
