import { escaped, list, table } from '../../report/markdown-text.ts'
import { VERDICT_WORDS } from '../../report/words.ts'
import { levelWords, sentencesOf } from '../report.ts'
import type { LadderReport, StockReport } from '../result.ts'
import { axisGridOf, figuresOf, type Grid, legend, stepsOf } from './rows.ts'
import { crowdWords, headline, howToRead } from './words.ts'

/** The report as GitHub-flavoured Markdown. */
export function renderMarkdown(report: LadderReport): string {
  const { sign, word } = VERDICT_WORDS[report.verdict]
  const left = report.leftOut.map(({ name, reason }) => `Left out: ${name}: ${reason}`)
  const { versions } = report
  const parts = [
    `# ${report.kind === 'ladder' ? 'Ladder' : 'Comparison'}: ${escaped(crowdWords(report))}`,
    `**${sign} ${word}.** ${escaped(headline(report))}`,
    list([...report.reasons, ...left].map(escaped)),
    ...report.stocks.flatMap(stockParts),
    legend.replace('*', '\\*'),
    '## The rig',
    list(
      [
        `Stampede ${versions.stampede} (${versions.gitCommit}), Bun ${versions.bun}`,
        `${versions.database}, ${versions.redis}, ${versions.driver}`,
        `${versions.machine}, ${versions.cores} cores, ${versions.memoryGiB} GiB, fsync ` +
          `${versions.fsyncMicros} µs`,
        `Started ${report.startedAt}`,
      ].map(escaped),
    ),
    '## Repeat it',
    `\`\`\`sh\n${report.again}\n\`\`\``,
    '## How to read this',
    list(howToRead(report).map(escaped)),
  ]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

function stockParts(stock: StockReport): string[] {
  const { claims, remarks } = sentencesOf(stock)
  const axes = axisGridOf(stock)
  return [
    `## With ${levelWords[stock.stock]}`,
    list(claims.map(escaped)),
    ...(axes.rows.length > 0 ? [gridText(axes)] : []),
    gridText(stepsOf(stock)),
    gridText(figuresOf(stock)),
    list(stock.rungs.map(({ name, design }) => `${escaped(name)} = \`${design}\``)),
    list(remarks.map(escaped)),
  ]
}

const gridText = ({ head, rows }: Grid) =>
  table(
    head,
    rows.map(({ cells }) => cells.map(escaped)),
  )
