import Table from 'cli-table3'
import type { ReproduceReport } from './result.ts'
import { auditLine, cellsOf, columns, remarksOf, rigLines, tableOf } from './words.ts'

/** Fits 120 columns. */
const widths = [36, 12, 22, 10, 23, 11]

/** The report for a terminal or a file: no colour, nothing that only colour would say. */
export function renderTerminal(report: ReproduceReport): string {
  const parts = report.sources.flatMap((source) => {
    const table = new Table({
      head: columns.slice(1),
      colWidths: widths,
      wordWrap: true,
      style: { head: [], border: [] },
    })
    for (const line of tableOf(source, report.seed)) {
      const [what = '', ...cells] = cellsOf(line)
      if (what) table.push([{ colSpan: widths.length, content: what }])
      table.push(cells)
    }
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
