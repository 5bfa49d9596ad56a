import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { production, readTree } from '../../../testing/tidy/tree.ts'
import { sequenceNames } from './ids.ts'
import { sequenceUses } from './sequence-uses.ts'

const files = production(await readTree(join(import.meta.dir, '../../..'))).filter(({ path }) =>
  path.startsWith('server/'),
)

/** How often each file has something, by its path; files that have none are left out. */
function countsOf(pattern: RegExp): Record<string, number> {
  const counts = files.map(({ path, text }) => [path, [...text.matchAll(pattern)].length] as const)
  return Object.fromEntries(counts.filter(([, count]) => count > 0))
}

function summed(paths: readonly string[]): Record<string, number> {
  const groups = Map.groupBy(paths, (path) => path)
  return Object.fromEntries([...groups].map(([path, all]) => [path, all.length]))
}

test.each(sequenceNames)('%s: its ids are taken where the record has it', (name) => {
  const taken = countsOf(new RegExp(`ids\\.take\\(\\s*\\w+,\\s*\\w+,\\s*'${name}'`, 'g'))
  expect(taken).toEqual(summed(sequenceUses[name].takenIn))
})

/** Sorts by ids that come from no sequence. */
const others = {
  'server/designs/reads/indexed.ts': 3,
  'server/designs/reads/database.ts': 2,
  'server/designs/coupons/skip-locked.ts': 1,
  'server/designs/coupons/coupons.ts': 1,
  'server/designs/stock/redis-counter/rows.ts': 1,
  'server/worker/coupon-pool.ts': 1,
  'server/worker/relay.ts': 1,
}

test('every query that sorts by an id of a sequence is in the record', () => {
  const declared = sequenceNames.flatMap((name) => sequenceUses[name].sorts.map((one) => one.in))
  const sorting = countsOf(/order by (?:[a-z]\.)?(?:order_)?id\b/g)
  expect(sorting).toEqual({ ...others, ...summed(declared) })
})
