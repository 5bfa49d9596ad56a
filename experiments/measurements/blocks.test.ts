import { expect, test } from 'bun:test'
import { fixtureBlock, fixturePlan } from '../testing/fixture-blocks.ts'
import { assertTrusted } from './blocks.ts'

const plan = fixturePlan({ arms: [{ name: 'after', design: 'all' }] })

test('blocks of a generator that did as planned make figures, others an error', () => {
  expect(() => assertTrusted(plan, [fixtureBlock()])).not.toThrow()
  const dropping = fixtureBlock({ planned: 1400, dropped: 200 })
  expect(() => assertTrusted(plan, [fixtureBlock(), dropping])).toThrow(/dropped 7\.7 %/)
  const flat = fixtureBlock({ busiestSecond: { planned: 60, started: 40 } })
  expect(() => assertTrusted(plan, [flat])).toThrow(/not to be trusted: .* busiest second/)
})
