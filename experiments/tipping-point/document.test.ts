import { describe, expect, test } from 'bun:test'
import type { JourneyRecord } from '../../loadtests/crowd/history.ts'
import { parseDesign } from '../../server/designs/design.ts'
import { renderMarkdown } from '../report/markdown.ts'
import type { Block } from '../run/result.ts'
import {
  FIXTURE_START_MS,
  fixtureBlock,
  fixtureEnvironment,
  fixtureJourney,
} from '../testing/fixture-blocks.ts'
import { tippingDocument } from './document.ts'
import { judgeRun, type TippingRun } from './judge-run.ts'
import { planOf } from './options.ts'
import { rateRow, type TippingResult, verdictOf } from './result.ts'

const design = parseDesign('after').label
const arm = { name: 'after', design, asked: 'after' }
const fault = { name: 'retry-storm', settings: { budget: 3 } }
const options = { arms: [arm], fault, watchSeconds: 10, seed: 1, driver: 'simulator' } as const
const settings = { ...options, arms: [arm] }
const plan = planOf(settings, { rate: 20, triggerSeconds: 4 })

/** Twenty customers a second, who fail from the fault on until so many seconds after its end. */
function blockOf(downSeconds: number, changes: Partial<Block> = {}): Block {
  const [{ fromSeconds, toSeconds } = { fromSeconds: 0, toSeconds: 0 }] = plan.faults
  const count = plan.rate * plan.durationSeconds
  const history = Array.from({ length: count }, (_, index): JourneyRecord => {
    const second = index / plan.rate
    const isDown = second >= fromSeconds && second < toSeconds + downSeconds
    const startedMs = FIXTURE_START_MS + second * 1000
    return fixtureJourney({ index, startedMs, ...(isDown ? { outcome: 'failed' } : {}) })
  })
  const [startMs, endMs] = [fromSeconds, toSeconds].map((at) => FIXTURE_START_MS + at * 1000) as [
    number,
    number,
  ]
  const faults = [{ name: fault.name, settings: fault.settings, startMs, endMs, injected: 9 }]
  const crowdEndMs = FIXTURE_START_MS + plan.durationSeconds * 1000
  return { ...fixtureBlock({}, ['paid'], count), history, faults, crowdEndMs, ...changes }
}

const judged = (downSeconds: number, changes?: Partial<Block>) =>
  judgeRun(plan, design, blockOf(downSeconds, changes))

describe('a run', () => {
  test('recovered, or stayed down', () => {
    expect(judged(2)).toMatchObject({ outcome: 'recovered', recoveredAfterMs: 1750, reasons: [] })
    expect(judged(30)).toMatchObject({ outcome: 'stayed-down', recoveredAfterMs: null })
  })

  test('cannot say where the fault did not bite', () => {
    const faults = blockOf(2).faults.map((one) => ({ ...one, injected: 0 }))
    const run = judged(2, { faults })
    expect(run).toMatchObject({ outcome: 'unknown', reasons: ['the fault did not bite'] })
  })

  test('cannot say where the design did not hold the rate before', () => {
    const history = blockOf(2).history.map((one) => ({ ...one, outcome: 'failed' as const }))
    const { outcome, reasons } = judged(2, { history })
    expect([outcome, reasons]).toEqual(['unknown', ['only 0 % were served before the fault']])
  })
})

function resultOf(runs: TippingRun[]): TippingResult {
  const maps = [{ arm, rows: [rateRow(20, runs, [2, 4], 1), rateRow(40, [], [2, 4], 1)] }]
  const asked = { fault, triggers: [2, 4], rates: [20, 40], runsEach: 1, watchSeconds: 10 }
  const startedAt = new Date(FIXTURE_START_MS).toISOString()
  const versions = fixtureEnvironment()
  const rest = { seed: 1, driver: 'simulator', maps, versions, startedAt } as const
  return { verdict: verdictOf(maps), ...asked, ...rest }
}

test('the report has a map, the reason of each gap, and the line that repeats it', () => {
  const recovered: TippingRun = { ...judged(2), triggerSeconds: 2 }
  const text = renderMarkdown(tippingDocument(resultOf([judged(30), recovered])))
  expect(text).toContain('after did not recover from 4 s of it at 20/s.')
  expect(text).toMatch(/\| 20\/s \| +.*yes, 1 of 1.* \| .*no, 0 of 1/)
  expect(text).toContain('after at 40/s was not run')
  expect(text).toContain(`--fault 'retry-storm:{"budget":3}'`)
})

test('nothing is trusted where nothing is known of a design, nor where an audit was red', () => {
  expect(resultOf([judged(30)]).verdict).toBe('untrusted')
  expect(resultOf([judged(2)]).verdict).toBe('as-expected')
  expect(resultOf([{ ...judged(2), audit: 'red' }]).verdict).toBe('invariant-broken')
})
