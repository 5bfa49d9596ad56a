import { expect, test } from 'bun:test'
import { bandsAt, bandsOf, unitedBySource } from './annotation-bands.ts'
import type { AnnotationSource } from './board-schema.ts'
import type { QueryResult, Sample } from './prometheus.ts'

const source: AnnotationSource = {
  ...{ name: 'Faults', enable: true, builtIn: 0, iconColor: 'red', expr: 'x', step: '' },
  ...{ titleFormat: '{{fault}}', textFormat: 'on in {{arm}}' },
}

const answer = (...series: [Record<string, string>, Sample[]][]): QueryResult => ({
  resultType: 'matrix',
  result: series.map(([metric, values]) => ({ metric, values })),
})

const labels = { fault: 'slow-query', arm: 'before' }
const at = (...seconds: number[]): Sample[] => seconds.map((second) => [second, '1'])

test('samples that follow each other are one band, a gap begins another', () => {
  const bands = bandsOf(source, answer([labels, at(10, 11, 12, 20, 21)]), 1000)
  expect(bands.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([
    [10_000, 12_000],
    [20_000, 21_000],
  ])
  expect(bands[0]).toMatchObject({
    ...{ title: 'slow-query', text: 'on in before' },
    ...{ source: 'Faults', colour: 'red' },
  })
})

test('zero and NaN are not events', () => {
  const samples: Sample[] = [
    [10, '0'],
    [11, '1'],
    [12, '0'],
    [13, 'NaN'],
  ]
  const bands = bandsOf(source, answer([labels, samples]), 1000)
  expect(bands.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([[11_000, 11_000]])
})

test('what two processes say alike is one band, another arm is another band', () => {
  const other = { ...labels, instance: 'b' }
  const after = { ...labels, arm: 'after' }
  const bands = bandsOf(source, answer([labels, at(1, 2)], [other, at(2, 3)], [after, at(2)]), 1000)
  expect(bands.map(({ text, fromMs, toMs }) => [text, fromMs, toMs])).toEqual([
    ['on in before', 1000, 3000],
    ['on in after', 2000, 2000],
  ])
})

test('without a title the source has its name', () => {
  const [band] = bandsOf({ ...source, titleFormat: '{{nope}}' }, answer([labels, at(1)]), 1000)
  expect(band?.title).toBe('Faults')
})

test('bands under a pointer, moments with some room', () => {
  const bands = bandsOf(source, answer([labels, at(10, 11, 20)]), 1000)
  expect(bandsAt(bands, 10_500, 100)).toHaveLength(1)
  expect(bandsAt(bands, 20_050, 100)).toHaveLength(1)
  expect(bandsAt(bands, 15_000, 100)).toHaveLength(0)
})

test('what several bands of a source cover is covered once', () => {
  const after = { ...labels, arm: 'after' }
  const bands = bandsOf(source, answer([labels, at(1, 2, 3)], [after, at(2, 3, 4, 9)]), 1000)
  const other = bands.map((band) => ({ ...band, source: 'Runs' }))
  const united = unitedBySource([...bands, ...other])
  const spans = united.map(({ source: name, fromMs, toMs }) => `${name} ${fromMs} ${toMs}`)
  expect(spans).toEqual([
    ...['Faults 1000 4000', 'Runs 1000 4000', 'Faults 9000 9000', 'Runs 9000 9000'],
  ])
})
