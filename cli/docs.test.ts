import { expect, test } from 'bun:test'
import { scratchFolder } from '../lab/testing/scratch.ts'
import { driftedPages, writePages } from './docs.ts'

const root = await scratchFolder()

test('a page drifts until it is written', async () => {
  let text = 'one'
  const pages = [{ path: 'docs/reference/axes.md', generate: async () => text }]
  expect(await driftedPages(root, pages)).toEqual(['docs/reference/axes.md'])
  await writePages(root, pages)
  expect(await driftedPages(root, pages)).toEqual([])
  text = 'two'
  expect(await driftedPages(root, pages)).toEqual(['docs/reference/axes.md'])
})
