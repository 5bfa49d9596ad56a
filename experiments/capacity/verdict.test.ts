import { describe, expect, test } from 'bun:test'
import type { CheckResult } from '../../audit/checker.ts'
import { renderMarkdown } from '../report/markdown.ts'
import { renderTerminal } from '../report/terminal.ts'
import type { Block } from '../run/result.ts'
import { checksOf, fixtureBlock, fixtureEnvironment } from '../testing/fixture-blocks.ts'
import { capacityDocument } from './document.ts'
import { capacityOf, verdictOf } from './result.ts'
import { judgeTrial, type Trial } from './verdict.ts'

const target = { p99MsMax: 500, servedPercentMin: 99 }
const judged = (block: Block) => judgeTrial(40, 'after', block, target)
const busy = { generator: 95, server: 60, database: 40, machineBusyPercent: 99 }
const slow = (changes: Partial<Block> = {}) => {
  const block = fixtureBlock(changes)
  return { ...block, history: block.history.map((line) => ({ ...line, checkoutMs: 900 })) }
}

describe('a rate', () => {
  test('is held where all is well', () => {
    expect(judged(fixtureBlock())).toMatchObject({ outcome: 'held', reasons: [], audit: 'green' })
  })

  test('is lost where answers are late, wrong or missing', () => {
    expect(judged(slow())).toMatchObject({ outcome: 'lost', reasons: ['p99 900 ms'] })
    const failing = judged(fixtureBlock({}, ['paid', 'failed']))
    expect(failing).toMatchObject({ outcome: 'lost', reasons: ['50.0 % served'] })
    const nothing = judged(fixtureBlock({}, ['failed']))
    expect(nothing.reasons).toEqual(['0.0 % served', 'no checkout was served'])
  })

  test('is lost where work was put off until the crowd had gone', () => {
    const behind = judged(fixtureBlock({ quietAfterMs: 30_000, workLeft: ['900 events'] }))
    expect(behind.outcome).toBe('lost')
    expect(behind.reasons.join()).toMatch(/^at work for 30.* s after the last arrival, 900 events$/)
  })

  test('does not count with an audit that is red, however fast it was', () => {
    const block = fixtureBlock({ checks: checksOf({ 'stock-conserved': 1 }) })
    const reasons = ['audit red: stock-conserved']
    expect(judged(block)).toMatchObject({ outcome: 'lost', reasons, audit: 'red' })
  })

  test('is unclear without an audit, or where it was never quiescent', () => {
    const unknown: CheckResult[] = [{ name: 'stock-conserved', verdict: 'unknown', count: 0 }]
    expect(judged(fixtureBlock({ checks: unknown })).outcome).toBe('unclear')
    expect(judged(fixtureBlock({ checks: [] })).outcome).toBe('unclear')
    expect(judged(fixtureBlock({ quietAfterMs: null })).outcome).toBe('unclear')
  })

  test('is unclear where the crowd was not sent as planned, whatever it shows', () => {
    const flat = judged(fixtureBlock({ busiestSecond: { planned: 60, started: 40 } }))
    expect(flat.outcome).toBe('unclear')
    expect(flat.reasons.join()).toContain('40 journeys of after in its busiest second')
  })

  test('missed while the generator struggled says nothing of the arm; held it counts', () => {
    expect(judged(slow({ cpu: busy })).outcome).toBe('unclear')
    expect(judged(slow({ cpu: busy })).reasons).toContain('the generator used 95 % of a core')
    expect(judged(fixtureBlock({ cpu: busy })).outcome).toBe('held')
    const dropped = judged(fixtureBlock({ planned: 1400, dropped: 200 }))
    expect(dropped.outcome).toBe('unclear')
    expect(dropped.reasons).toEqual(['85.7 % served', 'the generator dropped 14.3 %'])
  })
})

const bounds = { rateFrom: 20, rateMax: 2000, blocksMax: 14, ratioMax: 1.1 }
const good = judged(fixtureBlock())
const at = (rate: number, outcome: Trial['outcome'], more: Partial<Trial> = {}): Trial => {
  const reasons = outcome === 'held' ? [] : ['p99 900 ms']
  return { ...good, rate, outcome, reasons, ...more }
}
const arm = { name: 'arm-2', design: 'all,of=it', asked: 'after+x=y' }
const held = [
  ...[at(40, 'held', { p99Ms: 100 }), at(43, 'lost')],
  ...[at(40, 'held', { p99Ms: 125 }), at(43, 'lost')],
]
const capacity = (trials: Trial[]) => capacityOf(arm, trials, bounds)

describe('an arm', () => {
  test('has the figures of its runs below the border', () => {
    const { p99Ms, held: rate } = capacity(held)
    expect([rate, p99Ms]).toEqual([40, 112.5])
  })

  test('that holds nothing has none', () => {
    const { p99Ms, goodputPerSecond } = capacity([at(1, 'lost')])
    expect([p99Ms, goodputPerSecond]).toEqual([null, null])
  })
})

test('exit codes: as expected, broken, nothing held, not established', () => {
  const fine = capacity(held)
  const red = capacity([...held, at(50, 'lost', { audit: 'red' })])
  expect(verdictOf([fine, fine])).toBe('as-expected')
  expect(verdictOf([fine, red])).toBe('invariant-broken')
  // What is wrong with the first design is the lesson.
  expect(verdictOf([red, fine])).toBe('as-expected')
  expect(verdictOf([fine, capacity([at(1, 'lost')])])).toBe('target-missed')
  expect(verdictOf([capacity([at(20, 'held')]), fine])).toBe('untrusted')
  expect(verdictOf([capacity([])])).toBe('untrusted')
})

test('the tables say what is held, what stopped it, and at least where it is not the arm', () => {
  const document = capacityDocument({
    verdict: 'as-expected',
    arms: [capacity(held), capacity([at(20, 'held'), at(20, 'held')])],
    scenario: 'smoke',
    arrivals: 'poisson',
    target,
    durationSeconds: 8,
    seed: 7,
    driver: 'simulator' as const,
    versions: fixtureEnvironment(),
    startedAt: '2026-01-05T09:00:00.000Z',
  })
  for (const rendered of [
    renderTerminal(document, { colour: false, columns: 100 }),
    renderMarkdown(document),
  ]) {
    const text = rendered.replaceAll(/\s+/g, ' ')
    expect(text).toContain('after+x=y')
    expect(text).toMatch(/after\+x=y[ |]+42[ |]+3\d to 6\d/)
    expect(text).toContain('at least 20')
    expect(text).toContain('at 43: p99 900 ms')
    expect(text).toContain('paid/s and p99 are those at 40')
    expect(text).toContain('seed 7')
  }
})
