import { dirname, join } from 'node:path/posix'
import { wideLinesOf } from './shape.ts'
import type { Complaints, TextFile } from './tree.ts'

/** Text without code, where brackets mean something else. */
const prose = (text: string) => text.replaceAll(/```.*?```/gs, '').replaceAll(/`[^`\n]*`/g, '')

const isPage = ({ path }: TextFile) => path.endsWith('.md')

/** Pages that are generated, or keep old text as it was. */
const free = /^docs\/reference\/|^CHANGELOG\.md$/

/** Lines of hand-written pages wider than `columnsMax`. */
export function widePages(files: TextFile[], columnsMax: number): Complaints {
  return wideLinesOf(
    files.filter((file) => isPage(file) && !free.test(file.path)),
    columnsMax,
  )
}

/** Links that lead to no file, or to no heading of it. Addresses outside are not looked at. */
export function brokenLinks(files: TextFile[], exists: (path: string) => boolean): Complaints {
  const pages = new Map(files.filter(isPage).map(({ path, text }) => [path, text]))
  return [...pages].flatMap(([path, text]) =>
    [...prose(text).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = '']) => {
      if (/^[a-z]+:/.test(link)) return []
      const [target = '', anchor] = link.split('#')
      const to = target === '' ? path : join(dirname(path), target)
      if (!exists(to)) return [`${path}: ${link} leads to no file`]
      if (anchor === undefined || !pages.has(to)) return []
      const isThere = anchorsOf(pages.get(to) ?? '').includes(anchor)
      return isThere ? [] : [`${path}: ${to} has no heading #${anchor}`]
    }),
  )
}

/** Anchors of the headings, as GitHub makes them. */
export function anchorsOf(text: string): string[] {
  return [...text.replaceAll(/```.*?```/gs, '').matchAll(/^#{1,6} (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

const kinds = ['Added', 'Changed', 'Deprecated', 'Removed', 'Fixed', 'Security']

/** Rules of keepachangelog.com that `text` breaks. */
export function changelogFlaws(text: string): Complaints {
  const flaws: Complaints = []
  if (!text.startsWith('# Changelog\n')) flaws.push('does not begin with "# Changelog"')
  const releases = text.split(/^## /m).slice(1)
  if (!releases[0]?.startsWith('[Unreleased]\n')) flaws.push('[Unreleased] does not come first')
  for (const release of releases) {
    const [title = ''] = release.split('\n')
    if (!/^\[Unreleased\]$|^\[\d+\.\d+\.\d+\] - \d{4}-\d{2}-\d{2}$/.test(title)) {
      flaws.push(`"${title}" is not [Unreleased] or [1.2.3] - 2026-01-31`)
    }
    for (const part of release.split(/^### /m).slice(1)) {
      const [kind = ''] = part.split('\n')
      if (!kinds.includes(kind)) flaws.push(`${title}: "${kind}" is none of ${kinds.join(', ')}`)
      if (!/^- /m.test(part)) flaws.push(`${title}: ${kind} says nothing`)
    }
  }
  return flaws
}
