import { afterAll, expect, test } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { driftedPages, writePages } from './docs.ts'

const root = await mkdtemp(join(tmpdir(), 'stampede-test-'))
afterAll(() => rm(root, { recursive: true, force: true }))

test('a page drifts until it is written', async () => {
  let text = 'one'
  const pages = [{ path: 'docs/reference/axes.md', generate: async () => text }]
  expect(await driftedPages(root, pages)).toEqual(['docs/reference/axes.md'])
  await writePages(root, pages)
  expect(await driftedPages(root, pages)).toEqual([])
  text = 'two'
  expect(await driftedPages(root, pages)).toEqual(['docs/reference/axes.md'])
})
