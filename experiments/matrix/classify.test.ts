import { describe, expect, test } from 'bun:test'
import { cellOf, type Kind } from './classify.ts'
import { designs, type FaultPromise, promises } from './promises.ts'
import { type JudgedRow, judgeRow, verdictOf } from './result.ts'
import type { Ending, Sample, Verb } from './verbs.ts'
import { verbs } from './verbs.ts'

const phases = { onMs: 10_000, offMs: 20_000, backMs: 25_000 }
const good = { isWrong: false, injected: 9 }

/** Four requests a second for half a minute, as one of them is changed while the fault is on. */
function samplesOf(verb: Verb, during: (index: number) => Partial<Sample>): Sample[] {
  return Array.from({ length: 120 }, (_, index) => {
    const startedMs = index * 250
    const isOn = startedMs >= phases.onMs && startedMs < phases.offMs
    const usual = { verb, ending: 'done' as const, startedMs, tookMs: 20 }
    return { ...usual, ...(isOn ? during(index) : {}) }
  })
}

const endingOfEach = (ending: Ending, each: number) => (index: number) =>
  index % each === 0 ? { ending } : {}
const cell = (during: (index: number) => Partial<Sample>, facts = good) =>
  cellOf('order', samplesOf('order', during), phases, facts)

describe('a cell', () => {
  test.each<[Kind, (index: number) => Partial<Sample>]>([
    ['works', () => ({})],
    ['works', endingOfEach('failed', 20)],
    ['works', () => ({ tookMs: 55 })],
    ['slower', () => ({ tookMs: 80 })],
    ['degraded', endingOfEach('pending', 5)],
    ['refused', endingOfEach('refused', 5)],
    ['fails', endingOfEach('failed', 5)],
  ])('%s', (kind, during) => {
    expect(cell(during)).toMatchObject({ kind, recovered: true })
  })

  test('has wrong data whatever the answers were', () => {
    expect(cell(() => ({}), { isWrong: true, injected: 9 }).kind).toBe('wrong data')
  })

  test('says nothing where the fault did not bite, or not all was served before', () => {
    expect(cell(() => ({}), { isWrong: false, injected: 0 }).doubt).toBe('the fault did not bite')
    const failing = samplesOf('order', () => ({})).map((one) => ({
      ...one,
      ending: 'failed' as const,
    }))
    const { doubt } = cellOf('order', failing, phases, good)
    expect(doubt).toBe('not all were served before the fault')
  })

  test('has not recovered where the last seconds are not as before', () => {
    const late = samplesOf('order', () => ({})).map((one) =>
      one.startedMs >= phases.onMs ? { ...one, ending: 'refused' as const } : one,
    )
    expect(cellOf('order', late, phases, good).recovered).toBe(false)
  })
})

const even = Object.fromEntries(verbs.map((verb) => [verb, 'slower'])) as Record<Verb, Kind>
const promised: Record<string, FaultPromise> = {
  bank: { settings: {}, worst: { before: even, after: even } },
}

/** Both designs under one fault, in which one verb of one of them is changed. */
function rowsWith(changed?: { verb: Verb; ending: Ending }): JudgedRow[] {
  return designs.map((design) => {
    const cells = verbs.map((verb) => {
      const isChanged = design === 'after' && verb === changed?.verb
      const during = isChanged ? () => ({ ending: changed.ending }) : () => ({})
      return cellOf(verb, samplesOf(verb, during), phases, good)
    })
    return judgeRow(design, { fault: 'bank', cells, injected: 9, findings: [] }, promised)
  })
}

const brokenIn = (rows: JudgedRow[]) =>
  rows.flatMap(({ design, cells }) =>
    cells.filter(({ isBroken }) => isBroken).map(({ verb }) => `${design} ${verb}`),
  )

describe('a matrix', () => {
  test('is as promised, or has exactly the cells that got worse', () => {
    expect(brokenIn(rowsWith())).toEqual([])
    expect(brokenIn(rowsWith({ verb: 'pay', ending: 'failed' }))).toEqual(['after pay'])
    expect(verdictOf({ rows: rowsWith(), lost: [] })).toBe('as-expected')
    const worse = rowsWith({ verb: 'pay', ending: 'failed' })
    expect(verdictOf({ rows: worse, lost: [] })).toBe('target-missed')
  })

  test('is not trusted where a fault was lost, or a cell says nothing', () => {
    const lost = [{ name: 'after, bank', why: 'the board did not answer' }]
    expect(verdictOf({ rows: rowsWith(), lost })).toBe('untrusted')
    expect(verdictOf({ rows: [], lost: [] })).toBe('untrusted')
  })

  test('a fault may bite nothing where it is promised to', () => {
    const facts = { isWrong: false, injected: 0 }
    const cells = [
      cellOf(
        'pay',
        samplesOf('pay', () => ({})),
        phases,
        facts,
      ),
    ]
    const row = { fault: 'bank', cells, injected: 0, findings: [] }
    const spared = { bank: { ...promised.bank, spares: ['before'] } } as Record<
      string,
      FaultPromise
    >
    expect(judgeRow('before', row, spared).cells[0]?.doubt).toBeUndefined()
    expect(judgeRow('after', row, spared).cells[0]?.doubt).toBe('the fault did not bite')
  })
})

test('no promise allows wrong data', () => {
  const worst = Object.values(promises).flatMap((one) => designs.map((name) => one.worst[name]))
  expect(worst.flatMap((row) => Object.values(row))).not.toContain('wrong data')
})
