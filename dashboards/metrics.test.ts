import { expect, test } from 'bun:test'
import { resolve } from 'node:path'
import { knownMetrics } from './metrics.ts'

// The reference page is written from the meters themselves and checked for drift.
const page = await Bun.file(resolve(import.meta.dir, '../docs/reference/metrics.md')).text()
const rows = [...page.matchAll(/^\| `(\w+)` \| ([\w ]+) \| (?:([^|]*) \| )?[^|]*\|$/gm)]

test('everything that the processes export is known here, with its labels', () => {
  expect(rows.length).toBeGreaterThan(10)
  const exported = rows.map(([, name = '', , labels]) => ({
    name,
    labels:
      labels === undefined ? undefined : [...labels.matchAll(/`(\w+)`/g)].map(([, one]) => one),
  }))
  const known = exported.map(({ name, labels }) => ({
    name,
    labels: labels && [...(knownMetrics[name]?.labels ?? ['unknown'])],
  }))
  expect(known).toEqual(exported as typeof known)
})
