import { expect, test } from 'bun:test'
import { fixtureBlock } from '../testing/fixture-blocks.ts'
import { steadinessOf, steadinessWords } from './steadiness.ts'

const blocksOf = (ratios: (number | null)[]) =>
  ratios.map((ratio) => {
    const end = ratio === null ? null : { beforeMs: 200, lastMs: 200 * ratio }
    return fixtureBlock({ warmUp: { journeys: 300, wanted: 300, end } })
  })
const around = (ratio: number) => [0.97, 1.02, 0.99, 1.03, 0.98, 1.01].map((one) => one * ratio)

test.each([
  ['steady', around(1), 'steady within 10 %: in its last third 1.00 × (0.98 to 1.02) the time'],
  ['steady', around(0.96), 'steady within 10 %'],
  ['getting faster', around(0.7), 'getting faster: in its last third 0.70 × (0.68 to 0.72)'],
  ['getting slower', around(1.4), 'getting slower: in its last third 1.40 ×'],
  ['not decided', [0.7, 1.4, 0.8, 1.2, 0.9, 1.1], 'not decided whether steady'],
  ['not decided', [1, 1], 'not decided whether steady'],
  ['unknown', [1, 1, 1, 1, 1, null], 'unknown whether steady: the warm-up was too short'],
  ['unknown', [], 'unknown whether steady'],
] as const)('%s', (state, ratios, words) => {
  const found = steadinessOf(blocksOf([...ratios]))
  expect(found.state).toBe(state)
  expect(steadinessWords(found)).toContain(words)
})
