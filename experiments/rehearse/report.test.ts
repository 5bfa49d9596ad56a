import { describe, expect, test } from 'bun:test'
import { objectiveUsual } from '../judge/terms.ts'
import type { ReportDocument } from '../report/document.ts'
import { renderHtml } from '../report/html.ts'
import { renderMarkdown } from '../report/markdown.ts'
import { onSameDatabase } from '../report/repeat-command.ts'
import { renderTerminal } from '../report/terminal.ts'
import type { Plan } from '../run/result.ts'
import {
  checksOf,
  fixtureBlock,
  fixtureEnvironment,
  fixturePlan,
  fixturePromises,
  fixtureSession,
} from '../testing/fixture-blocks.ts'
import { rehearsalDocument } from './document.ts'
import { type RehearsalReport, rehearsalReport } from './result.ts'
import { armTimelinesOf, timeChartsOf } from './time-charts.ts'
import { crowdWords, headline, repeatRehearsal } from './words.ts'

const fault = { name: 'bank', settings: { latencyMs: 800 }, fromSeconds: 2, toSeconds: 4 }
const plan = fixturePlan({ blocks: 4, durationSeconds: 8, faults: [fault] })
const blocks = fixtureSession(plan)
const knownBlocks = blocks.map((block) =>
  block.arm === 'before' ? { ...block, checks: checksOf({ 'effects-once': 11 }) } : block,
)
const known = rehearsalReport(plan, knownBlocks, fixtureEnvironment())
const report = rehearsalReport(plan, blocks, fixtureEnvironment())

const brokenBlocks = blocks.map((block) =>
  block.arm === 'after' ? { ...block, checks: checksOf({ 'stock-conserved': 4 }) } : block,
)
const broken = rehearsalReport(plan, brokenBlocks, fixtureEnvironment())

const document = rehearsalDocument(report, blocks, fixturePromises())
const brokenDocument = rehearsalDocument(broken, brokenBlocks)

const ESCAPE = String.fromCharCode(27)

describe('the terminal report', () => {
  test('is plain, at most 100 columns but for the command, and tells the verdict', () => {
    const text = renderTerminal(document, { colour: false, columns: 96 })
    expect(text).not.toContain(ESCAPE)
    const lines = text.split('\n')
    const tables = lines.filter((line) => !line.includes('ids=sequence-table'))
    expect(Math.max(...tables.map((line) => line.length))).toBeLessThanOrEqual(100)
    expect(text).toContain('AS EXPECTED')
    expect(text).toMatch(/goodput, paid per second +\S+ +\S+ +[\d.]+ × \([\d.]+ to/)
    expect(text).toMatch(/deadlocks +[1-9]\d* +0\n/)
  })

  test('has a red arm that is known, and no ratio beside it', () => {
    const text = renderTerminal(rehearsalDocument(known, knownBlocks), {
      ...{ colour: false, columns: 96 },
    })
    expect(text).toMatch(/goodput, paid per second +\S+ \(audit red\) +[\d.]+\n/)
    expect(text).toMatch(/effects-once +✗ broken \(\d+\) +✓ true/)
  })

  test('says the same with colour', () => {
    const coloured = renderTerminal(document, { colour: true, columns: 96 })
    expect(coloured).toContain(ESCAPE)
    const plain = renderTerminal(document, { colour: false, columns: 96 })
    const words = (text: string) => Bun.stripANSI(text).split(/\s+/)
    expect(words(coloured)).toEqual(words(plain))
  })

  test('has no ratio column when no claim may be made', () => {
    const text = renderTerminal(brokenDocument, { colour: false, columns: 96 })
    expect(text).toContain('INVARIANT BROKEN')
    expect(text).not.toContain('ratio, range')
    expect(text).toContain('After corrupts data: 1 of 10 checks broke, first “stock-conserved”.')
  })
})

describe('the JSON report', () => {
  test('has the shape of the issue', () => {
    const json = JSON.parse(JSON.stringify(broken)) as RehearsalReport
    expect(json).toMatchObject({
      verdict: 'invariant-broken',
      scenario: 'flash-sale',
      driver: 'k6',
    })
    expect(json).toMatchObject({ ratios: null, generator: { droppedPercent: 0 } })
    expect(Object.keys(json.arms)).toEqual(['before', 'after'])
    expect(json.arms.after?.checkers).toContainEqual({
      name: 'stock-conserved',
      verdict: 'false',
      count: 16,
      first: 'block 2: order 7000017 violates "stock-conserved"',
    })
    expect(Object.keys(json.arms.after?.latencyMs ?? {})).toContain('p99')
    expect(JSON.parse(JSON.stringify(report)).ratios.goodput).toEqual(report.ratios?.goodput)
  })
})

describe('the Markdown report', () => {
  test('has tables of equal width, the promises and the command', () => {
    const text = renderMarkdown(document)
    const rows = text.split('\n').filter((line) => line.startsWith('| goodput'))
    expect(rows[0]?.split(' | ')).toHaveLength(4)
    expect(text).toContain('No idempotency key made two orders.')
    expect(text).toContain(`${repeatRehearsal(plan)} --database mariadb`)
  })

  test('does not turn text of a run into mark-up', () => {
    const code = /```[\s\S]*?```|`[^`\n]*`/g
    const text = renderMarkdown(hostile()).replaceAll('\\`', '').replaceAll(code, '')
    expect(text).toContain('boo')
    expect(text).not.toContain('<script>')
    expect(text).not.toMatch(/(^|[^\\])\*\*boo/)
  })
})

/** A rehearsal in which every free text tries to break out. */
function hostile(): ReportDocument {
  const evil = '</script><script>alert(1)</script> **boo** | `x` "q"'
  const arms = [
    { name: 'before', design: 'stock=x' },
    { name: evil, design: evil },
  ]
  const evilPlan: Plan = { ...plan, arms, scenario: evil, faults: [{ ...fault, name: evil }] }
  const evilBlocks = blocks.map((block) => ({
    ...block,
    arm: block.arm === 'after' ? evil : block.arm,
    checks: [{ name: evil, verdict: 'false' as const, count: 1, first: evil }],
    faults: block.faults.map((window) => ({ ...window, name: evil })),
  }))
  const environment = { ...fixtureEnvironment(), machine: evil, notExercised: [evil] }
  return rehearsalDocument(rehearsalReport(evilPlan, evilBlocks, environment), evilBlocks)
}

describe('the HTML report', () => {
  test('is one file: nothing in it is fetched from anywhere', async () => {
    const page = await renderHtml(document)
    const licence = '/*! https://github.com/leeoniya/uPlot'
    expect(page.includes(licence)).toBe(true)
    const outside = /(?:src|href)\s*=|url\(|@import|https?:\/\//
    expect(outside.test(page.replace(licence, ''))).toBe(false)
    expect(page.includes('content="default-src &#39;none&#39;;')).toBe(true)
    expect(page.includes('prefers-color-scheme: dark')).toBe(true)
  })

  test('shows verdict, figures, checks, environment and command', async () => {
    const page = await renderHtml(rehearsalDocument(known, knownBlocks, fixturePromises()))
    const shown = ['as expected', 'MariaDB 10.11.14', 'innodb_doublewrite', '412 µs', '--seed 2026']
    shown.push('No idempotency key made two orders.', 'a replica that lags')
    shown.push('first in before, block 1: order 7000017')
    expect(shown.filter((text) => !page.includes(text))).toEqual([])
  })

  test('escapes every text of the run, in the page and in its data', async () => {
    const page = await renderHtml(hostile())
    expect(page.includes('<script>alert')).toBe(false)
    expect(page.match(/<script/g)).toHaveLength(2)
    expect(page.match(/<\/script>/g)).toHaveLength(2)
  })
})

describe('the charts', () => {
  const rows = timeChartsOf(armTimelinesOf(report, blocks), objectiveUsual)

  test('have the same scales on both sides, and every line fits them', () => {
    for (const { charts } of rows) {
      const [left, right] = charts
      expect(left?.yRange).toEqual(right?.yRange ?? [0, 0])
      expect(left?.xMax).toBe(right?.xMax ?? 0)
      for (const { lines, yRange, x } of charts) {
        for (const { values } of lines) {
          expect(values).toHaveLength(x.length)
          const drawn = values.filter((value) => value !== null)
          for (const value of drawn) expect(value).toBeLessThanOrEqual(yRange[1])
        }
      }
    }
  })

  test('are drawn in places of their own, also where two arms have one role', () => {
    const arms = armTimelinesOf(report, blocks)
    const three = [...arms, ...arms.slice(1).map((one) => ({ ...one, arm: 'peak' }))]
    const ids = timeChartsOf(three, objectiveUsual).flatMap(({ charts }) =>
      charts.map(({ id }) => id),
    )
    expect(ids).toHaveLength(rows.length * 3)
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('carry the fault windows and say in words what they show', () => {
    const [orders, failures] = rows
    const bank = { name: 'bank', from: 2, to: 4, paint: 'fault' as const }
    expect(orders?.charts[0]?.spans).toEqual([bank])
    expect(orders?.charts[1]?.summary).toMatch(/^arrived up to 60, paid up to \d+/)
    expect(failures?.charts[1]?.summary).toBe('failed none, unknown none')
  })

  test('one arm alone wears the colour of after', () => {
    const [, only] = plan.arms
    const alone = { ...plan, arms: only ? [only] : [], blocks: 1 }
    const own = [fixtureBlock()]
    const [row] = timeChartsOf(
      armTimelinesOf(rehearsalReport(alone, own, fixtureEnvironment()), own),
      objectiveUsual,
    )
    expect(row?.charts.map((chart) => chart.role)).toEqual(['after'])
  })
})

describe('the words', () => {
  test('the command repeats the rehearsal, quoted for a shell', () => {
    const command = repeatRehearsal({
      ...plan,
      arms: [{ name: 'a', design: 'x=1,y=2', asked: 'a' }],
    })
    expect(command).toBe(
      './stampede rehearse --scenario flash-sale --arms a ' +
        `--fault 'bank:{"latencyMs":800}@2s..4s' --blocks 4 --duration 8s --rate 60 ` +
        '--arrivals even --seed 20260105 --driver k6',
    )
    expect(repeatRehearsal({ ...plan, target: 'compose' })).toContain(' --target compose ')
    const random = { ...plan, arrivals: 'poisson' as const }
    expect(repeatRehearsal(random)).toContain(' --arrivals poisson ')
    expect(crowdWords({ ...report, plan: random })).toContain(', at random moments (Poisson), ')
    expect(crowdWords(report)).not.toContain('Poisson')
    const mysql = { ...fixtureEnvironment(), database: 'MySQL 9.7.4-2' }
    expect(onSameDatabase(command, mysql)).toBe(`${command} --database mysql`)
    const quote = repeatRehearsal({ ...plan, scenario: "it's; rm -rf /" })
    expect(quote).toContain(`--scenario 'it'\\''s; rm -rf /'`)
  })

  test('the headline claims no gain when no claim may be made', () => {
    expect(headline(report)).toMatch(
      /^After holds: [\d.]+ × \([\d.]+ to [\d.]+\) the goodput of before, every check/,
    )
    const { ratios: _, ...rest } = report
    expect(headline({ ...rest, ratios: null })).toMatch(/^After holds: every check passed/)
    expect(headline({ ...report, verdict: 'untrusted' })).toMatch(/^This run can’t be trusted/)
  })
})
