import { escapedMarkdown, markdownList, markdownTable } from '../../rehearse/report/markdown.ts'
import type { ReproduceReport } from './result.ts'
import { auditLine, cellsOf, columns, howToRead, remarksOf, rigLines, tableOf } from './words.ts'

/** The report as GitHub-flavoured Markdown. */
export function renderMarkdown(report: ReproduceReport): string {
  const escapedAll = (texts: string[]) => texts.map(escapedMarkdown)
  const sources = report.sources.flatMap((source) => [
    `## ${source.name}: ${escapedMarkdown(source.title)}`,
    escapedMarkdown(source.told),
    markdownTable(
      columns,
      tableOf(source, report.seed).map((line) => escapedAll(cellsOf(line))),
    ),
    markdownList(escapedAll([...source.audits.map(auditLine), ...remarksOf(source)])),
  ])
  const parts = [
    '# The sources, reproduced',
    ...sources,
    '## The rig',
    markdownList(escapedAll(rigLines(report))),
    '## How to read this',
    markdownList(escapedAll(howToRead)),
  ]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}
