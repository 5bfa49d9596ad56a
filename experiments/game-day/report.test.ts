import { describe, expect, test } from 'bun:test'
import { exitCodeOf } from '../judge/exit-code.ts'
import { armReport } from '../judge/summarize.ts'
import { renderHtml } from '../report/html.ts'
import { renderMarkdown } from '../report/markdown.ts'
import type { Block } from '../run/result.ts'
import { anyFault } from '../testing/any-fault.ts'
import { checksOf, fixtureBlock, fixtureEnvironment } from '../testing/fixture-blocks.ts'
import { gameDayDocument } from './document.ts'
import { type ArmDay, judgeDay, judgeExpectations } from './judge.ts'
import { planOf } from './plan.ts'
import { parseGameDay } from './read-file.ts'
import type { ArmFollowed, GameDayReport } from './result.ts'
import { wordsIn } from './words.ts'

const day = parseGameDay(
  `title: A day
goal: To know whether it holds
ko: { title: 하루, goal: 견디는지 알기 }
rate: 40
duration: 30s
steps:
  - at: 8s
    fault: { name: bank, for: 4s, settings: { latencyMs: 100 } }
  - at: 9s
    human: Look at the board
expectations:
  - title: Served
    ko: 응답받음
    condition: served >= 95%
    breaks-for: [before]
  - title: Recovers
    condition: recovered within 8s
  - title: Right data
    condition: audit clean
stop-when:
  - condition: served < 5%
`,
  'day.yaml',
  anyFault,
)
const plan = planOf(day, 'k6')
const events: ArmFollowed['events'] = [
  { atSeconds: 8, kind: 'fault-on', subject: 'bank', amount: null },
  { atSeconds: 12, kind: 'fault-over', subject: 'bank', amount: 240 },
]
const followed: ArmFollowed = {
  ...{ firstArrivalMs: 0, events, partners: null, stopped: null },
  humanSteps: [{ text: 'Look at the board', atSeconds: 9, tookSeconds: 12, end: 'done' }],
}

function armDay(name: string, changes: Partial<Block>, own: Partial<ArmFollowed> = {}): ArmDay {
  const index = name === 'before' ? 0 : 1
  const outcomes = name === 'before' ? (['paid', 'failed'] as const) : (['paid'] as const)
  const block = fixtureBlock({ index, arm: name, ...changes }, outcomes)
  const on = { startMs: block.crowdStartMs + 8000, endMs: block.crowdStartMs + 12_000 }
  const faults = [{ name: 'bank', settings: {}, injected: 240, ...on }]
  const design = plan.arms[index]?.design ?? ''
  const whole = { ...block, faults, ...changes }
  const report = armReport(design, [whole])
  return { name, design, block: whole, report, followed: { ...followed, ...own } }
}

function reportOf(arms: ArmDay[]): GameDayReport {
  const expectations = judgeExpectations(day, plan, arms)
  const { findings, verdict } = judgeDay(expectations, plan, arms)
  const { title, goal, ko, rate, steps } = day
  return {
    ...{ verdict, reasons: [], versions: fixtureEnvironment(), startedAt: '2026-01-05T09:00:00Z' },
    ...{ file: 'day.yaml', plan, expectations, findings, isUnattended: false },
    day: { title, goal, ko, rate, steps },
    stopWhen: ['served < 5%'],
    arms: Object.fromEntries(arms.map(({ name, report }) => [name, report])),
    followed: Object.fromEntries(arms.map((arm) => [arm.name, arm.followed])),
    recoveries: {},
  }
}

const kinds = ({ findings }: GameDayReport) => findings.map(({ kind }) => kind)
const sound = [armDay('before', {}), armDay('after', {})]

describe('a game day is', () => {
  test('as expected where after meets all, and before misses what it should', () => {
    const report = reportOf(sound)
    expect(kinds(report)).toEqual([])
    expect(exitCodeOf(report.verdict)).toBe(0)
    const [served] = report.expectations
    expect(served?.outcomes.map(({ wanted, holds }) => [wanted, holds])).toEqual([
      ['breaks', false],
      ['holds', true],
    ])
  })

  test('missed where before meets what it should not', () => {
    const report = reportOf([{ ...armDay('after', { index: 0, arm: 'before' }), name: 'before' }])
    expect(kinds(report)).toContain('not-broken')
    expect(exitCodeOf(report.verdict)).toBe(2)
  })

  test('missed where after does not recover', () => {
    const { history } = fixtureBlock({ index: 1 })
    const late = history.map((journey, at) =>
      at >= 320 ? { ...journey, outcome: 'failed' as const } : journey,
    )
    const report = reportOf([armDay('before', {}), armDay('after', { history: late })])
    expect(report.expectations[1]?.outcomes[1]).toMatchObject({
      ...{ holds: false, value: 'more than any' },
    })
    expect(exitCodeOf(report.verdict)).toBe(2)
  })

  test('missed where it is not known whether after recovers', () => {
    const report = reportOf([armDay('before', {}), armDay('after', { faults: [] })])
    expect(report.expectations[1]?.outcomes[1]).toMatchObject({
      ...{ holds: false, value: null, why: 'no fault was on' },
    })
    expect(exitCodeOf(report.verdict)).toBe(2)
  })

  test('broken where data is, though expectations are met', () => {
    const report = reportOf([armDay('after', { checks: checksOf({ 'stock-conserved': 2 }) })])
    expect(kinds(report)).toContain('broken-data')
    expect(exitCodeOf(report.verdict)).toBe(1)
  })

  test('not to be trusted where it was stopped, or no fault acted', () => {
    const stopped = { condition: 'served < 5%', atSeconds: 20, faultsOffMs: 40 }
    const report = reportOf([...sound.slice(0, 1), armDay('after', {}, { stopped })])
    expect(exitCodeOf(report.verdict)).toBe(3)
    const idle = sound.map((arm) => ({ ...arm, block: { ...arm.block, faults: [] } }))
    expect(kinds(reportOf(idle))).toContain('no-bite')
  })
})

test.each(['en', 'ko'] as const)('a team can file the report in %s', async (language) => {
  const report = reportOf(sound)
  const document = gameDayDocument(report, [], language)
  const words = wordsIn(language)
  const text = renderMarkdown(document)
  for (const part of ['goal', 'environment', 'scenario', 'method', 'figures'] as const) {
    expect(text).toContain(`## ${words[part]}\n`)
  }
  expect(text).toContain(`## ${words.improve}\n`)
  expect(text).toContain(words.brokenAsWritten)
  expect(text).toContain('Look at the board')
  expect(text).toContain(language === 'ko' ? '견디는지 알기' : 'To know whether it holds')
  expect(text.includes('응답받음')).toBe(language === 'ko')
  expect(text).not.toMatch(/\{\w+\}/)
  const html = await renderHtml(document)
  expect(html).toContain(`<html lang="${language}">`)
})

test('each finding has its sentence, and what to do, in both languages', () => {
  const broken = { checks: checksOf({ 'stock-conserved': 2 }), planned: 2000, dropped: 800 }
  const stopped = { condition: 'served < 5%', atSeconds: 20, faultsOffMs: null }
  const humanSteps = [{ text: 'Look', atSeconds: 9, tookSeconds: null, end: 'not-done' as const }]
  const bad = reportOf([
    armDay('before', { ...broken, faults: [] }, { humanSteps }),
    armDay('after', { faults: [], quietAfterMs: null }, { stopped }),
  ])
  expect(new Set(kinds(bad))).toEqual(
    new Set([
      ...(['stopped', 'missed', 'broken-data', 'not-quiet', 'no-bite'] as const),
      ...(['dropped-but-missed', 'not-done'] as const),
    ]),
  )
  for (const language of ['en', 'ko'] as const) {
    const text = renderMarkdown(gameDayDocument(bad, [], language))
    expect(text).not.toMatch(/undefined|\{(arm|title|checks|percent|fault|condition|value)\}/)
  }
})
