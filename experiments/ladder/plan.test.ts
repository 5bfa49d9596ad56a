import { expect, test } from 'bun:test'
import { fixtureVariant } from '../testing/fixture-ladder.ts'
import type { LadderOptions } from './options.ts'
import { minutesOf, plansOf, workOf } from './plan.ts'

const options: LadderOptions = {
  kind: 'ladder',
  variants: ['before', 'plus-a', 'after'].map((name) => fixtureVariant(name)),
  leftOut: [],
  words: [],
  scenario: 'flash-sale',
  stocks: ['plenty'],
  blocks: undefined,
  durationSeconds: undefined,
  rate: undefined,
  arrivals: 'even',
  seed: 2,
  driver: undefined,
  quick: false,
  out: undefined,
  jsonFile: undefined,
  prometheus: false,
  install: true,
}

test('what is not asked for is the scenario’s own, with the blocks of an interval', () => {
  const [plan, ...rest] = plansOf(options, 'k6')
  expect(rest).toEqual([])
  expect(plan).toMatchObject({ blocks: 6, durationSeconds: 10, rate: 60, driver: 'k6', faults: [] })
  const [quick] = plansOf({ ...options, quick: true }, 'k6')
  expect(quick).toMatchObject({ blocks: 2, durationSeconds: 5 })
  const [asked] = plansOf({ ...options, quick: true, blocks: 8, durationSeconds: 8 }, 'k6')
  expect(asked).toMatchObject({ blocks: 8, durationSeconds: 8 })
})

test('a storm brings its own fault', () => {
  const [plan] = plansOf({ ...options, scenario: 'retry-storm' }, 'k6')
  expect(plan?.faults.map(({ name }) => name)).toEqual(['retry-storm'])
})

test('every second round goes backward, so that each design stands as early as late', () => {
  const work = workOf(plansOf({ ...options, blocks: 2 }, 'k6'))
  const names = work.map(({ turn }) => turn.arm.name)
  expect(names.slice(3)).toEqual(names.slice(0, 3).toReversed())
  const places = new Map<string, number>()
  for (const { turn } of work) {
    places.set(turn.arm.name, (places.get(turn.arm.name) ?? 0) + turn.index)
  }
  expect([...places.values()]).toEqual([5, 5, 5])
})

test('both levels of stock share the rounds; all blocks of a round meet the same crowd', () => {
  const plans = plansOf({ ...options, stocks: ['plenty', 'scarce'], blocks: 2 }, 'k6')
  const work = workOf(plans)
  expect(work.map(({ plan }) => plan.stock)).toEqual([
    ...['plenty', 'plenty', 'plenty', 'scarce', 'scarce', 'scarce'],
    ...['plenty', 'plenty', 'plenty', 'scarce', 'scarce', 'scarce'],
  ] as ('plenty' | 'scarce')[])
  expect(work.map(({ turn }) => turn.pair)).toEqual([0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1])
  expect(work.map(({ turn }) => turn.index)).toEqual(work.map((_, index) => index))
  expect(minutesOf(plans)).toBe(5)
})
