import Table from 'cli-table3'
import type { ReproduceReport } from './result.ts'
import { auditLine, cellsOf, columns, remarksOf, rigLines, tableOf } from './words.ts'

const widths = [30, 34, 12, 22, 12, 22, 14]

/** The report for a terminal or a file: no colour, nothing that only colour would say. */
export function renderTerminal(report: ReproduceReport): string {
  const parts = report.sources.flatMap((source) => {
    const table = new Table({
      head: columns,
      colWidths: widths,
      wordWrap: true,
      style: { head: [], border: [] },
    })
    for (const line of tableOf(source, report.seed)) table.push(cellsOf(line))
    return [
      `${source.name}  ${source.title}`,
      `  ${source.told}`,
      table.toString(),
      ...source.audits.map((audited) => `  audit of ${auditLine(audited)}`),
      ...remarksOf(source).map((remark) => `  ${remark}`),
      '',
    ]
  })
  return [...parts, ...rigLines(report)].join('\n')
}
