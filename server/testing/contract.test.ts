import { describe, expect, test } from 'bun:test'
import { axes } from '../designs/axes.ts'
import { planContract, type Suite } from './contract.ts'

const suite: Suite = (check, design) => {
  check('keeps', async () => expect(1).toBe(1))
  check('breaks before', async () => expect(design.options.stock).toBe('conditional-update'))
  check('crashes', async () => {
    throw new TypeError('no such fixture')
  })
}

const plan = (knownFailures: object) => planContract('stock', suite, { knownFailures })

const outcome = async (knownFailures: object, option: string, title: string) => {
  const tests = plan(knownFailures).find((planned) => planned.option === option)?.tests
  const found = tests?.find((planned) => planned.title.includes(title))
  return await found?.run().then(
    () => 'green',
    (error: Error) => error.message,
  )
}

const known = (name: string) => ({ 'read-then-write': { [name]: 'it cannot' } })

test('every option of the axis gets every test, each with its own design', () => {
  const planned = plan({}).map(({ option, tests }) => [option, tests.length])
  expect(planned).toEqual(Object.keys(axes.stock.options).map((option) => [option, 3]))
})

test('an option that does not go with the base is left out, and says why', () => {
  const planned = planContract('transaction', () => {}, { base: 'before' })
  const refused = planned.filter((plan) => plan.refused)
  expect(refused.map(({ option, tests }) => [option, tests])).toEqual([
    ['single-statement', []],
    ['batched', []],
  ])
  expect(refused[0]?.refused).toContain('One statement')
  const plain = planContract('transaction', () => {}, {})
  expect(plain.filter((plan) => plan.refused)).toEqual([])
})

test('an option that the server cannot run is left out, and says why', () => {
  const planned = planContract('ids', () => {}, {}, 'mysql').filter((plan) => plan.refused)
  expect(planned.map(({ option }) => option)).toEqual(['database-sequence'])
  expect(planned[0]?.refused).toContain('runs on MariaDB only')
})

describe('a known failure', () => {
  test('is green while it fails, and its reason is in the title', async () => {
    expect(await outcome({}, 'row-lock', 'breaks before')).toContain('expect(')
    expect(await outcome(known('breaks before'), 'read-then-write', '(it cannot)')).toBe('green')
  })

  test('is red the day it passes', async () => {
    expect(await outcome(known('keeps'), 'read-then-write', 'keeps')).toContain('passes now')
  })

  test('is red when it breaks for another reason than its promise', async () => {
    expect(await outcome(known('crashes'), 'read-then-write', 'crashes')).toBe('no such fixture')
  })

  test('concerns its own option only', async () => {
    expect(await outcome(known('breaks before'), 'conditional-update', 'breaks')).toBe('green')
  })

  test('of an unknown test or option is refused', () => {
    expect(() => plan(known('keps'))).toThrow('no test is named "keps"')
    expect(() => plan({ hopeful: [] })).toThrow('axis stock has no option "hopeful"')
  })

  test('is stated in the entry of its option', () => {
    const unstated = { 'row-lock': { 'breaks before': 'it cannot' } }
    expect(() => plan(unstated)).toThrow('stock=row-lock has known failures, and no hazard')
  })
})

test('two tests of one name are refused', () => {
  const twice: Suite = (check) => {
    check('same', async () => {})
    check('same', async () => {})
  }
  expect(() => planContract('stock', twice, {})).toThrow('two tests are named "same"')
})
