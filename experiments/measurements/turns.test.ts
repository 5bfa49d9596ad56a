import { expect, test } from 'bun:test'
import { inTurns, interleaved, partOf, quotients } from './turns.ts'

test('designs are measured in turn, every second round backwards', async () => {
  const order: string[] = []
  const progress: number[] = []
  const figures = await inTurns(
    ['a', 'b', 'c'],
    3,
    async (name, round) => {
      order.push(`${name}${round}`)
      return round
    },
    (fraction) => progress.push(fraction),
  )
  expect(order.join(' ')).toBe('a0 b0 c0 c1 b1 a1 a2 b2 c2')
  expect(figures).toEqual({ a: [0, 1, 2], b: [0, 1, 2], c: [0, 1, 2] })
  expect(progress).toEqual([1 / 3, 2 / 3, 1])
})

test('two are compared pair by pair: the ratio is not that of the medians', async () => {
  const [a, b] = [
    [1, 10, 100],
    [2, 40, 300],
  ]
  const next = (figures: number[]) => async () => figures.shift() ?? Number.NaN
  const { ratio, ...figures } = await interleaved([next([...a]), next([...b])], 3, () => {})
  expect(figures).toEqual({ a, b })
  expect(ratio.value).toBeCloseTo((2 * 4 * 3) ** (1 / 3))
  expect([ratio.low, ratio.high]).toEqual([expect.closeTo(2), expect.closeTo(4)])
})

test('a missing divisor gives no number instead of a wrong one', () => {
  expect(quotients([4, 9], [2])).toEqual([2, Number.NaN])
})

test('the parts of a measurement add up to the whole of it', () => {
  const seen: number[] = []
  const advance = (fraction: number) => void seen.push(fraction)
  for (const index of [0, 1]) for (const at of [0.5, 1]) partOf(advance, index, 2)(at)
  expect(seen).toEqual([0.25, 0.5, 0.75, 1])
})
