import { describe, expect, test } from 'bun:test'
import type { Block, Plan } from '../../run/result.ts'
import {
  FIXTURE_START_MS,
  fixtureBlock,
  fixturePlan,
  idleMachine,
} from '../../testing/fixture-blocks.ts'
import { inItsTime } from '../../testing/fixture-rehearsal.ts'
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
function findings(changes: Partial<Block>, faults: Plan['faults'] = []) {
  const plan = fixturePlan({ blocks: 2, faults })
  const arms = plan.arms.map((arm) => ({ ...variant, ...arm }))
  const blocks = ['before', 'after', 'after', 'before'].map((arm, index) => {
    const block = fixtureBlock({ index, arm, ...(arm === 'after' ? changes : {}) })
    return arm === 'after' && changes.history ? inItsTime(block) : block
  })
  return judge({ ...plan, arms }, blocks).findings
}

/** A crowd of which two in a hundred started this late. */
const late = (lateMs: number | undefined) =>
  fixtureBlock().history.map((punctual, index) => {
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

  test.each([
    [
      'a hot second',
      { generatorWorstPercent: 186 },
      'used 186 % of a core under after in its worst',
    ],
    ['other programs', { unrelatedPercent: 40 }, 'This machine is too busy to compare'],
    ['a noisy host', { stealPercent: 12 }, 'other virtual machines took 12 % of all cores'],
    ['a quota', { quotaCores: 1.5, throttledPercent: 30 }, 'the quota of 1.5 cores held it back'],
    ['a clock that was set', { clockStepMs: 700 }, 'clock was set by 700 ms'],
  ] as [string, Partial<Block['machine']>, string][])('%s', (_, machine, words) => {
    const found = findings({ machine: { ...idleMachine, ...machine } })
    const named = found.filter(({ reason }) => reason.includes(words))
    expect(named[0]).toMatchObject({ verdict: 'untrusted', forbidsClaim: true })
  })

  test('what is unknown is reported as such', () => {
    const unknown = { ...idleMachine, unrelatedPercent: null, stealPercent: null }
    const words = 'what other programs took of the processors, what other virtual machines took'
    const reasons = findings({ machine: unknown }).map(({ reason }) => reason)
    expect(reasons).toContain(`Unknown here, so not judged: ${words}.`)
    const cpu = { ...fixtureBlock().cpu, generator: null }
    expect(findings({ cpu })[0]?.reason).toContain('used of a core under after is unknown')
  })

  test.each([[{ planned: 7, started: 6 }], [{ planned: 100, started: 94 }]])(
    'a spike that lacks one journey more than the limit is as planned: %p',
    (busiestSecond) => {
      const found = findings({ busiestSecond })
      expect(found.filter(({ verdict }) => verdict === 'untrusted')).toEqual([])
    },
  )

  test('but one within the limits is', () => {
    const sound = {
      history: late(50),
      busiestSecond: { planned: 60, started: 57 },
      eventLoopDelayMs: 50,
    }
    expect(findings(sound).filter(({ verdict }) => verdict === 'untrusted')).toEqual([])
  })
})

test('an arm that was not at rest when its crowd came is not trusted', () => {
  const [found] = findings({ openBeforeCrowd: ['3 events not relayed'] })
  expect(found?.verdict).toBe('untrusted')
  expect(found?.reason).toContain('not at rest when 2 of its crowds came: 3 events not relayed')
})

test('an arm that did less of the warm-up is named', () => {
  const found = findings({ warmUp: { journeys: 80, wanted: 120, end: null } })
  expect(found.map(({ reason }) => reason).join()).toContain('warmed up by 80 journeys of 120')
})

test('an arm whose processes were busy before its crowd is not trusted', () => {
  const [found] = findings({ restPercent: 120 })
  expect(found?.verdict).toBe('untrusted')
  expect(found?.reason).toContain('used 120 % of a core before its crowd came (limit 50 %)')
})

test('an arm of which that is unknown is named', () => {
  const found = findings({ restPercent: null })
  expect(found.map(({ reason }) => reason).join()).toContain('before its crowds is unknown')
})

describe('a planned fault', () => {
  const fault = { name: 'slow-query', settings: {}, fromSeconds: 3, toSeconds: 6 }
  const played = (offMs: number, injected: number) => {
    const startMs = FIXTURE_START_MS + 3000 + offMs
    return { name: fault.name, settings: {}, startMs, endMs: startMs + 3000, injected }
  }
  const reasons = (faults: Block['faults']) => {
    const crowd = { crowdStartMs: FIXTURE_START_MS, crowdEndMs: FIXTURE_START_MS + 30_000, faults }
    return findings(crowd, [fault])
      .filter(({ verdict, reason }) => verdict === 'untrusted' && reason.includes('of after'))
      .map(({ reason }) => reason)
  }

  test.each([
    ['acted in its window', [played(40, 3)], []],
    [
      'never acted',
      [played(40, 0)],
      ['slow-query never acted in block 2 of after, and failed in 1'],
    ],
    ['came late', [played(900, 3)], ['slow-query began 900 ms late in block 2 of after']],
    ['came early', [played(-300, 3)], ['slow-query began 300 ms early in block 2 of after']],
    ['was not switched on', [], ['slow-query was not switched on in block 2 of after']],
  ] as [string, Block['faults'], string[]][])('%s', (_, faults, words) => {
    const found = reasons(faults)
    expect(found).toHaveLength(words.length)
    for (const word of words) expect(found[0]).toContain(word)
  })
})
