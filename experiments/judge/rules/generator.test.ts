import { describe, expect, test } from 'bun:test'
import type { Block } from '../../run/result.ts'
import { fixtureBlock, fixtureJourney, fixturePlan } from '../../testing/fixture-blocks.ts'
import { judge } from '../judge.ts'

const variant = {
  title: '',
  role: 'before',
  axis: null,
  hazards: [],
  flaws: [],
  knownBad: [],
  caveats: [],
} as const

/** Two blocks an arm, all sound but for the blocks of after. */
function findings(changes: Partial<Block>) {
  const plan = fixturePlan({ blocks: 2 })
  const arms = plan.arms.map((arm) => ({ ...variant, ...arm }))
  const blocks = ['before', 'after', 'after', 'before'].map((arm, index) =>
    fixtureBlock({ index, arm, ...(arm === 'after' ? changes : {}) }),
  )
  return judge({ ...plan, arms }, blocks).findings
}

/** A crowd of which two in a hundred started this late. */
const late = (lateMs: number | undefined) =>
  Array.from({ length: 1200 }, (_journey, index) => {
    const punctual = fixtureJourney({ index })
    if (index % 50 !== 0) return punctual
    const { lateMs: _, ...unknown } = punctual
    return lateMs === undefined ? unknown : { ...punctual, lateMs }
  })

describe('a generator that sends another crowd than was planned is not trusted', () => {
  test.each([
    ['late starts', { history: late(60) }, 'started journeys of after late: p99 60 ms'],
    ['unknown lateness', { history: late(undefined) }, 'How late 48 journeys of after'],
    ['a flat spike', { busiestSecond: { planned: 60, started: 40 } }, 'the plan was 60'],
    ['a stuck event loop', { eventLoopDelayMs: 80 }, 'p99 80 ms (limit 50 ms)'],
  ] as [string, Partial<Block>, string][])('%s', (_, changes, words) => {
    const found = findings(changes).filter(({ reason }) => reason.includes(words))
    expect(found[0]).toMatchObject({ verdict: 'untrusted', forbidsClaim: true })
  })

  test('but one within the limits is', () => {
    const sound = {
      history: late(50),
      busiestSecond: { planned: 60, started: 57 },
      eventLoopDelayMs: 50,
    }
    expect(findings(sound).filter(({ verdict }) => verdict === 'untrusted')).toEqual([])
  })
})
