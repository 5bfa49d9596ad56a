import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { readTree } from '../testing/tidy/tree.ts'

const files = await readTree(join(import.meta.dir, '..'))

interface Titled {
  title?: string
  panels?: Titled[]
}

const titlesOf = (one: Titled): string[] => [
  one.title ?? '',
  ...(one.panels ?? []).flatMap(titlesOf),
]
const boards = files
  .filter(({ path }) => path.startsWith('dashboards/json/'))
  .map(({ text }): Titled => JSON.parse(text))
const boardTitles = boards.map(({ title }) => title)
const panelTitles = boards.flatMap(titlesOf).join('\n').toLowerCase()

const quoted = files
  .filter(({ path }) => path.startsWith('docs/how-to/runbooks/'))
  .map(({ path, text }) => ({
    path,
    prose: text.replaceAll(/`[^`]*`/g, '').replaceAll(/\s+/g, ' '),
  }))

test.each(quoted)('$path names boards in bold that exist', ({ prose }) => {
  const named = [...prose.matchAll(/\*\*([^*]+)\*\*/g)].map(([, title]) => title)
  expect(named.filter((title) => !boardTitles.includes(title))).toEqual([])
})

test.each(quoted)('$path names panels in italics that exist', ({ prose }) => {
  const named = [...prose.matchAll(/(?<!\*)\*([^*]+)\*(?!\*)/g)].map(([, title = '']) => title)
  expect(named.filter((title) => !panelTitles.includes(title.toLowerCase()))).toEqual([])
})

test('the page about watching names every board and its question', async () => {
  const page = await Bun.file(join(import.meta.dir, 'how-to/watch-a-rehearsal.md')).text()
  const rows = [...page.matchAll(/^\| ([^|]+) \| [^|]+\? \|$/gm)].map(([, title]) => title)
  expect(rows.toSorted()).toEqual(boardTitles.toSorted())
})
