import { expect, test } from 'bun:test'
import { renderMarkdown } from '../report/markdown.ts'
import type { Locks } from '../run/locks.ts'
import { FIXTURE_START_MS } from '../testing/fixture-blocks.ts'
import { judged, rehearsal } from '../testing/fixture-rehearsal.ts'
import { rehearsalDocument } from './document.ts'
import { armTimelinesOf, timeChartsOf } from './time-charts.ts'

const sample = (second: number, waiting: number) => ({
  ...{ atMs: FIXTURE_START_MS + second * 1000, waiting, rowsLocked: 10 * waiting },
})
const blocker = { session: '7', waiting: 3, waitedMs: 900, isIdle: true, statement: 'update t' }
const locks = (samples: Locks['samples']): Locks => ({ samples, blockers: [blocker] })

/** The first block of `before` has locks, no other. */
function blocksWithLocks() {
  const [first, ...others] = rehearsal()
  if (!first) throw new Error('a rehearsal has blocks')
  return [{ ...first, locks: locks([sample(0.1, 4), sample(0.6, 2), sample(2, 1)]) }, ...others]
}

test('of each second the most that was seen is drawn, and a gap where nothing was', () => {
  const blocks = blocksWithLocks()
  const report = judged(blocks)
  const arms = armTimelinesOf(report, blocks)
  expect(arms[0]?.timeline.waiting.slice(0, 3)).toEqual([4, null, 1])
  expect(arms[0]?.timeline.rowsLocked.slice(0, 3)).toEqual([40, null, 10])
  expect(arms[1]?.timeline.waiting.every((one) => one === null)).toBe(true)
  const titles = timeChartsOf(arms, report.terms.objective).map(({ title }) => title)
  expect(titles).toContain('Transactions that wait for a row lock')
  expect(titles).toContain('Rows that are locked')
})

test('sessions in the way are a table of the report', () => {
  const blocks = blocksWithLocks()
  const text = renderMarkdown(rehearsalDocument(judged(blocks), blocks))
  expect(text).toContain('Which sessions would a DBA end?')
  expect(text).toMatch(/before \| update t \| 7 \| 3 \| 900 ms \| it waited for its client/)
})

test('without looks at locks there is neither', () => {
  const blocks = rehearsal()
  const report = judged(blocks)
  const titles = timeChartsOf(armTimelinesOf(report, blocks), report.terms.objective)
  expect(titles.map(({ title }) => title)).not.toContain('Rows that are locked')
  expect(renderMarkdown(rehearsalDocument(report, blocks))).not.toContain('DBA')
})
