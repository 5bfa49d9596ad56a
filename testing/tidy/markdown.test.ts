import { describe, expect, test } from 'bun:test'
import { anchorsOf, brokenLinks, changelogFlaws, widePages } from './markdown.ts'

const pages = (text: string) => [
  { path: 'docs/a.md', text },
  { path: 'docs/b.md', text: '# The `b` page\n\n## Über, all: 2 things\n' },
]
const exists = (path: string) => ['docs/a.md', 'docs/b.md', 'README.md'].includes(path)
const broken = (link: string) => brokenLinks(pages(`# A\n[x](${link})`), exists)

describe('links', () => {
  test.each(['c.md', '../docs', '/etc/passwd', 'b.md#nope', '#nope'])('%s is broken', (link) => {
    expect(broken(link)).toHaveLength(1)
  })

  test.each([
    'b.md',
    '../README.md',
    '#a',
    'b.md#the-b-page',
    'https://x.test/y',
    'mailto:a@b.test',
  ])('%s is fine', (link) => {
    expect(broken(link)).toEqual([])
  })

  test('code is not prose', () => {
    expect(brokenLinks(pages('`a](b)` and\n```\n[x](y)\n```\n'), exists)).toEqual([])
  })

  test('anchors are made as on GitHub', () => {
    expect(anchorsOf(pages('')[1]?.text ?? '')).toEqual(['the-b-page', 'über-all-2-things'])
  })
})

test('hand-written pages are narrow; generated ones and the changelog need not be', () => {
  const text = `${'x'.repeat(120)}\n${'x'.repeat(121)}\n`
  const paths = ['README.md', 'docs/a.md', 'docs/reference/a.md', 'CHANGELOG.md', 'server/a.ts']
  const files = paths.map((path) => ({ path, text }))
  expect(widePages(files, 120)).toEqual(['README.md:2: 121 columns', 'docs/a.md:2: 121 columns'])
})

describe('the changelog', () => {
  const good = '# Changelog\n\n## [Unreleased]\n\n### Added\n\n- A.\n\n## [1.0.0] - 2026-01-31\n'

  test('as it should be', () => {
    expect(changelogFlaws(good)).toEqual([])
  })

  test.each([
    ['another title', good.replace('# Changelog', '# Changes')],
    ['no [Unreleased]', good.replace('## [Unreleased]\n', '## [1.1.0] - 2026-02-01\n')],
    ['a release without a date', good.replace(' - 2026-01-31', '')],
    ['a kind of its own', good.replace('### Added', '### News')],
    ['a kind that says nothing', good.replace('- A.', '')],
  ])('%s', (_name, text) => {
    expect(changelogFlaws(text)).toHaveLength(1)
  })
})
