import { expect, test } from 'bun:test'
import { axisNames, recordsOf } from '../server/designs/axes.ts'
import { faults } from './faults.ts'

const options = axisNames.flatMap((axis) => Object.keys(recordsOf(axis)).map((one) => [axis, one]))
const known = new Set(options.map(([axis, option]) => `${axis}=${option}`))

test.each(Object.values(faults))('$name names only options that exist', ({ hurts, spares }) => {
  const named = [...`${hurts} ${spares}`.matchAll(/`([a-z-]+=[a-z-]+)`/g)].map(([, one]) => one)
  expect(named.filter((one) => !known.has(one ?? ''))).toEqual([])
  expect(named.length > 0 || `${hurts}${spares}`.length > 40).toBe(true)
})

test.each(Object.values(faults))('$name says what it imitates, in half a sentence', (fault) => {
  const { imitates, hurts, spares, incident } = fault
  for (const text of [imitates, hurts, spares]) expect(text).toMatch(/^[a-z`].*[^.\s]$/)
  if (incident !== undefined) expect(incident).toMatch(/https:\/\/\S+$/)
})
