import { expect, test } from 'bun:test'
import { loadShapeNames } from '../../loadtests/jmeter/shapes.ts'
import { renderHtml } from '../report/html.ts'
import { renderMarkdown } from '../report/markdown.ts'
import { renderTerminal } from '../report/terminal.ts'
import { audited } from './measurement.ts'
import { type ReproduceReport, sourcesDocument } from './sources-document.ts'

const figures = [300, 400, 500, 400]

const report: ReproduceReport = {
  verdict: 'as-expected',
  startedAt: '2026-01-01T00:00:00.000Z',
  seed: 7,
  quick: true,
  loadShapes: loadShapeNames,
  versions: {
    ...{ stampede: '0.1.0', gitCommit: 'abc', bun: '1', database: 'MariaDB 10', redis: '7' },
    ...{ driver: 'in process', machine: 'a machine', cores: 2, memoryGiB: 4 },
    ...{ databaseSettings: {}, fsyncMicros: 900, notExercised: ['a network'] },
  },
  lost: [{ name: 'S4', why: 'no ids' }],
  sources: [
    {
      ...{ name: 'S3-cache', title: 'From a cache', summary: '1,482 → 31 ms.' },
      rows: [
        {
          ...{ what: 'all products', unit: 'ms', better: 'lower', note: 'One at a time.' },
          designs: [
            { name: 'database', option: 'reads=database', theirs: 1482, ours: figures },
            { name: 'cache', option: 'reads=cached', theirs: 31, ours: [4, 4, 4, 4] },
          ],
        },
      ],
      audits: [audited('reads=cached', []), audited('reads=database', ['oversold'])],
      remarks: ['The cache was warm.'],
    },
  ],
}

const document = sourcesDocument(report)

test('a terminal shows their figures, ours, both factors and the verdict', () => {
  const text = renderTerminal(document, { colour: false, columns: 100 })
  expect(text).toContain('1 of 1 comparisons have the winner of the source')
  expect(text).toContain('all products (ms, lower is better)')
  const line = text.split('\n').find((one) => one.startsWith('database')) ?? ''
  expect(line).toContain('400 (300 to 500)')
  expect(text).toContain('47.8 ×')
  expect(text).toContain('same shape')
  expect(text).toContain('S4: not measured: no ids')
  expect(text).toContain('audit of reads=database: 1 wrong: oversold (must not be)')
  expect(text).toContain('One at a time.')
  expect(text).toContain('./stampede reproduce S3-cache S4 --seed 7 --quick')
})

test('without a figure of the source there is nothing to agree with', () => {
  const designs = report.sources[0]?.rows[0]?.designs.map((one) => ({ ...one, theirs: null })) ?? []
  const row = { what: 'goodput', unit: 'coupons/s', better: 'higher', designs } as const
  const ours = report.sources.map((one) => ({ ...one, rows: [row], audits: [] }))
  const headline = (sources: ReproduceReport['sources']) =>
    sourcesDocument({ ...report, sources }).headline
  expect(headline(ours)).toBe('The source has no figures for these designs.')
  expect(headline([])).toBe('No source was measured to its end.')
})

test('every medium shows every figure; the page has bars and loads nothing', async () => {
  const page = await renderHtml(document)
  for (const text of [renderMarkdown(document), page]) {
    for (const part of ['1,482', '400 (300 to 500)', '47.8', 'same shape', 'The cache was warm']) {
      expect(text).toContain(part)
    }
  }
  expect(page).toContain('class="bar')
  expect(page).not.toMatch(/(?:src|href)="http/)
})
