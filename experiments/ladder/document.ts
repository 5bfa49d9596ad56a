import { checksSection } from '../report/checks-section.ts'
import {
  type DocumentNode,
  findings,
  onlyIn,
  paragraph,
  type ReportDocument,
  section,
  strong,
} from '../report/document.ts'
import { closingSections, environmentFacts, environmentSections } from '../report/sections.ts'
import { ratioChartsOf } from './ratio-charts.ts'
import { levelWords, sentencesOf } from './report.ts'
import type { LadderReport, StockReport } from './result.ts'
import { axisTable, figuresTable, legend, stepsTable, wordOf } from './tables.ts'
import { crowdWords, headline, howToRead } from './words.ts'

/** The report of a ladder or a comparison. @param promises what each checker stands for */
export function ladderDocument(
  report: LadderReport,
  promises: Record<string, string> = {},
): ReportDocument {
  const { versions, leftOut } = report
  return {
    title: `${report.kind === 'ladder' ? 'Ladder' : 'Comparison'} of ${crowdWords(report)}`,
    verdict: report.verdict,
    headline: headline(report),
    startedAt: report.startedAt,
    version: versions.stampede,
    body: [
      findings([
        ...report.reasons,
        ...leftOut.map(({ name, reason }) => `Left out: ${name}: ${reason}`),
      ]),
      ...report.stocks.map((stock) => stockSection(stock, promises)),
      ...environmentSections(versions, [designFacts(report), environmentFacts(versions)]),
      ...closingSections(report.again, howToRead(report), report.verdict),
    ],
  }
}

function stockSection(stock: StockReport, promises: Record<string, string>): DocumentNode {
  const { claims, remarks } = sentencesOf(stock)
  const arms = stock.variants.flatMap((variant) => {
    const report = stock.arms[variant.name]
    return report ? [{ name: wordOf(variant), report }] : []
  })
  return section(`With ${levelWords[stock.stock]}`, [
    onlyIn(['html'], paragraph(chartsExplanation)),
    ratioChartsOf(stock),
    findings([...claims.map(strong), ...remarks]),
    ...axisSections(stock),
    section('Step by step', [stepsTable(stock)]),
    section('What was measured', [figuresTable(stock), paragraph(legend)]),
    onlyIn(['markdown', 'html'], checksSection(arms, promises, stock.sums)),
  ])
}

const chartsExplanation =
  'Each dot is the geometric mean over pairs of blocks, its line the interval or range, the band ' +
  'the margin. Blue helps, red costs, grey is equivalent or not decided.'

function axisSections(stock: StockReport): DocumentNode[] {
  if (stock.axes.length === 0) return []
  return [onlyIn(['markdown', 'html'], section('Alone, and left out', [axisTable(stock)]))]
}

const designFacts = ({ stocks }: LadderReport) =>
  (stocks[0]?.variants ?? []).map(({ name, design }): [string, string] => [
    `${name} is`,
    design.replaceAll(',', ', '),
  ])
