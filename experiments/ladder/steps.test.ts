import { describe, expect, test } from 'bun:test'
import { decideTogether, estimate } from '../judge/inference.ts'
import type { Comparison, VariantReport } from '../judge/result.ts'
import { SyntheticSessions } from '../judge/synthetic.ts'
import { fixtureVariant } from '../testing/fixture-ladder.ts'
import { axesOf } from './meaning.ts'
import { decideSteps, withSteps } from './steps.ts'

const margin = 0.05
const rounds = 6
const isClaim = (decision: string | null) => decision === 'higher' || decision === 'lower'
const quotients = (a: number[], b: number[]) => a.map((one, index) => one / (b[index] ?? 1))

test('the steps of a ladder of equal designs are claimed together, not each by itself', () => {
  const made = new SyntheticSessions(1)
  const design = () => made.figures(4, 0.3, 'normal')
  const runs = Array.from({ length: 300 }, () => {
    const before = design()
    return Array.from({ length: 15 }, () => ({
      pairRatios: { goodput: quotients(design(), before), p99: quotients(design(), before) },
    }))
  })
  const shareOf = (isFalse: (steps: (typeof runs)[number]) => boolean) =>
    runs.filter(isFalse).length / runs.length
  const each = shareOf((steps) =>
    steps.some(({ pairRatios: { goodput, p99 } }) =>
      decideTogether(goodput, p99, margin).some(({ decision }) => isClaim(decision)),
    ),
  )
  const together = shareOf((steps) =>
    decideSteps(steps, margin).some(({ decisions }) => Object.values(decisions).some(isClaim)),
  )
  expect(each).toBeGreaterThan(0.1)
  expect(together).toBeLessThanOrEqual(0.05)
})

test('without times in any pair a step is decided by goodput', () => {
  const pairRatios = { goodput: [2, 2, 2, 2], p99: [] }
  const [step] = decideSteps([{ pairRatios }], margin)
  expect(step?.decisions).toEqual({ goodput: 'higher', p99: null })
})

describe('an axis that helps alone by 1.3 × and is missed by a half', () => {
  const meanings = (seed: number, sessions: number) => {
    const made = new SyntheticSessions(seed)
    const figures = (truth: number) => made.figures(rounds, 0.1, 'normal').map((one) => one * truth)
    return Array.from({ length: sessions }, () => {
      const [before, alone, without, after] = [1, 1.3, 1, 2].map(figures)
      const report = (name: string, step: Partial<VariantReport>): VariantReport => ({
        ...fixtureVariant(name),
        ...{ audit: 'green', broken: [], over: null, against: null, noClaim: null, ...step },
      })
      const variants = [
        report('before', {}),
        report('plus-a', { over: step(alone ?? [], before ?? []) }),
        report('minus-a', { against: step(without ?? [], after ?? []) }),
        report('after', { over: step(after ?? [], before ?? []) }),
      ]
      return axesOf(withSteps(variants, margin), {})[0]?.meaning
    })
  }

  test('is never reported to help only together: what was not decided is no mechanism', () => {
    const found = meanings(7, 200)
    const count = (meaning: string) => found.filter((one) => one === meaning).length
    expect(count('helps only together')).toBe(0)
    expect(count('helps alone and is needed')).toBeGreaterThan(60)
    expect(count('no difference')).toBe(0)
  })
})

function step(to: number[], from: number[]): Comparison {
  const goodput = quotients(to, from)
  return {
    ...{ with: 'before', goodput: estimate(goodput), p99: null, margin, noiseFloor: null },
    ...{ sojourn: null, pairRatios: { goodput, p99: [] } },
    decisions: { goodput: 'undecided', p99: null },
    visible: { goodput: null, p99: null },
    effect: 'undecided',
  }
}
