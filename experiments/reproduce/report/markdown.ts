import { escaped, list, table } from '../../report/markdown-text.ts'
import type { ReproduceReport } from './result.ts'
import { auditLine, cellsOf, columns, howToRead, remarksOf, rigLines, tableOf } from './words.ts'

/** The report as GitHub-flavoured Markdown. */
export function renderMarkdown(report: ReproduceReport): string {
  const escapedAll = (texts: string[]) => texts.map(escaped)
  const sources = report.sources.flatMap((source) => [
    `## ${source.name}: ${escaped(source.title)}`,
    escaped(source.told),
    table(
      columns,
      tableOf(source, report.seed).map((line) => escapedAll(cellsOf(line))),
    ),
    list(escapedAll([...source.audits.map(auditLine), ...remarksOf(source)])),
  ])
  const parts = [
    '# The sources, reproduced',
    ...sources,
    '## The rig',
    list(escapedAll(rigLines(report))),
    '## How to read this',
    list(escapedAll(howToRead)),
  ]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}
