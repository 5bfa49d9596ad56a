import { expect, test } from 'bun:test'
import { catalogue, knownMetrics } from './catalogue.ts'

const entries = Object.entries(knownMetrics)

test('a metric that two processes expose is one entry', () => {
  const different = catalogue.flatMap(({ title, metrics }) =>
    Object.entries(metrics)
      .filter(([name, metric]) => knownMetrics[name] !== metric)
      .map(([name]) => `${title}: ${name}`),
  )
  expect(different).toEqual([])
})

test('every metric of ours says what it counts in a sentence, its unit at the end', () => {
  const isTotal = (name: string) => name.endsWith('_total')
  const own = entries.filter(([name]) => name.startsWith('stampede_'))
  expect(own.length).toBeGreaterThan(50)
  for (const [name, { type, help }] of own) {
    expect([name, isTotal(name)]).toEqual([name, type === 'counter'])
    const hasUnit = type !== 'histogram' || /_(seconds|statements|requests)$/.test(name)
    expect([name, hasUnit]).toEqual([name, true])
    expect(help).toMatch(/^\S.*\S$/)
  }
})

test('no label has a value twice, no histogram a bucket out of order', () => {
  for (const [name, { labels, buckets = [] }] of entries) {
    for (const values of Object.values(labels)) {
      expect([name, ...values]).toEqual([name, ...new Set(values)])
    }
    expect([name, ...buckets]).toEqual([name, ...buckets.toSorted((one, other) => one - other)])
  }
})
