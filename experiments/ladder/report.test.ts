import { describe, expect, test } from 'bun:test'
import { renderHtml } from '../report/html.ts'
import { renderMarkdown } from '../report/markdown.ts'
import { renderTerminal } from '../report/terminal.ts'
import { checksOf, fixtureEnvironment, fixturePromises } from '../testing/fixture-blocks.ts'
import { fixtureLadder, fixtureLadderPlan, fixtureVariant } from '../testing/fixture-ladder.ts'
import { ladderDocument } from './document.ts'
import { ratioChartsOf } from './ratio-charts.ts'
import { ladderReport } from './report.ts'
import { stockReport } from './stock-report.ts'
import { headline } from './words.ts'

const contention = { deadlocks: 41, lockWaits: 900, lockTimeMs: 9, poolWaits: 0, poolTimeouts: 0 }
const behaviours = {
  before: { paid: 1, checkoutMs: 900, changes: { contention } },
  'plus-ids': { paid: 3, checkoutMs: 700 },
  'plus-stock': { paid: 1, changes: { checks: checksOf({ 'stock-conserved': 2 }) } },
  'plus-effects': { paid: 1, checkoutMs: 900 },
  'minus-effects': { paid: 4 },
  'minus-ids': { paid: 7 },
  'minus-stock': { paid: 5 },
}
const names = [
  ...['before', 'plus-ids', 'plus-stock', 'plus-effects'],
  ...['minus-ids', 'minus-stock', 'minus-effects', 'after'],
]
const variants = names.map((name) =>
  fixtureVariant(
    name,
    name === 'plus-stock'
      ? {
          hazards: ['<b>oversells</b>'],
          knownBad: [{ option: 'stock=x', checks: ['stock-conserved'], when: 'always' }],
        }
      : {},
  ),
)
const plan = fixtureLadderPlan(variants)
const stock = stockReport(plan, fixtureLadder(plan, behaviours))
const report = ladderReport(
  {
    kind: 'ladder',
    words: ['--leave-out'],
    leftOut: [{ name: 'before + x=y', reason: 'y needs z' }],
  },
  [stock],
  fixtureEnvironment(),
  new Date(0),
)

const document = ladderDocument(report, fixturePromises())

describe('the terminal report', () => {
  const text = renderTerminal(document, { colour: false, columns: 96 })

  test('is plain, at most 100 columns but for the command, and names every design', () => {
    expect(text).not.toContain(String.fromCharCode(27))
    const lines = text.split('\n').filter((line) => !line.startsWith('./stampede'))
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100)
    expect(text).toMatch(/before +4 +> 900 ms +10\.0 % +164 +3,600 +✓ green\n/)
    expect(text).toMatch(/plus-ids +before +▲ 3\.\d\d × \(.*\) +none/)
    expect(text).toMatch(/minus-ids +after +▼ 0\.70 ×/)
    expect(text).toMatch(/plus-stock +before +no claim +audit of plus-stock red/)
    expect(text).toContain('Left out: before + x=y: y needs z')
    expect(text).toContain('plus-stock is known to go wrong: <b>oversells</b>; it broke “stock')
  })

  test('says the same with colour', () => {
    const words = (coloured: string) => Bun.stripANSI(coloured).split(/\s+/)
    expect(words(renderTerminal(document, { colour: true, columns: 96 }))).toEqual(words(text))
  })
})

test('Markdown has the alone-gain beside the leave-out-loss, and no mark-up of the run', () => {
  const text = renderMarkdown(document)
  expect(text).toMatch(/\| ids \| ▲ 3\.\d\d × .* \| ▼ 0\.70 × .* \| helps alone and is needed \|/)
  expect(text).not.toContain('<b>')
  expect(text).toContain(report.again)
})

describe('the HTML report', () => {
  test('is one file that fetches nothing, with charts, tables and checks', async () => {
    const page = await renderHtml(document)
    expect(page).not.toMatch(/<(?:script|link|img)[^>]*(?:src|href)=/)
    expect(page).not.toContain('<b>oversells')
    expect(page.match(/<figure/g)).toHaveLength(4)
    for (const words of [
      'helps alone and is needed',
      'no claim: audit of plus-stock red',
      'stock-conserved',
    ]) {
      expect(page).toContain(words)
    }
  })

  test('its charts lie on their scale, in the order of dot and interval', () => {
    const { charts } = ratioChartsOf(stock)
    for (const { marks, onePercent, ticks } of charts) {
      for (const { percents } of marks.filter((mark) => mark.percents !== null)) {
        const line = [0, percents?.low ?? 0, percents?.dot ?? 0, percents?.high ?? 0, 100]
        expect(line.toSorted((a, b) => a - b)).toEqual(line)
      }
      expect(onePercent).toBeGreaterThan(0)
      expect(ticks.length).toBeGreaterThan(0)
    }
    const effects = charts.map(({ marks }) => marks.map(({ effect }) => effect).join())
    expect(effects[0]).toBe('better,no-claim,none,better')
    expect(effects[2]).toBe('worse,worse,worse')
  })
})

test('the headline of a ladder and of a comparison', () => {
  expect(headline(report)).toBe(
    'After has 10.0 × the goodput of before: ids helps alone, effects helps only together.',
  )
  const options = ['one', 'two'].map((name) =>
    fixtureVariant(name, { role: 'option', axis: 'a', title: `a=${name}` }),
  )
  const compared = fixtureLadderPlan(options)
  const of = (paid: number) =>
    ladderReport(
      { kind: 'compare', words: ['a=one,two'], leftOut: [] },
      [stockReport(compared, fixtureLadder(compared, { two: { paid } }))],
      fixtureEnvironment(),
      new Date(0),
    )
  expect(headline(of(5))).toBe('No option does better than a=one by the margin.')
  const faster = fixtureLadder(compared, { one: { paid: 5 } })
  const better = ladderReport(
    { kind: 'compare', words: [], leftOut: [] },
    [stockReport(compared, faster)],
    fixtureEnvironment(),
    new Date(0),
  )
  expect(headline(better)).toBe('a=two does best: 2.00 × the goodput of a=one.')
})
