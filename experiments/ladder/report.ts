import { worstVerdict } from '../judge/exit-code.ts'
import { percent, times } from '../judge/format.ts'
import type { Decision } from '../judge/inference.ts'
import { onSameDatabase, repeatCommand } from '../report/repeat-command.ts'
import type { Environment, StockLevel } from '../run/result.ts'
import { hazardLines } from './hazards.ts'
import type { LadderOptions } from './options.ts'
import type { LadderReport, StockReport } from './result.ts'

export const levelWords: Record<StockLevel, string> = {
  plenty: 'plenty of stock',
  scarce: 'scarce stock',
}

/** The whole run: the reports of each level of stock, and the verdict over all. */
export function ladderReport(
  options: Pick<LadderOptions, 'kind' | 'words' | 'leftOut'>,
  stocks: StockReport[],
  versions: Environment,
  startedAt: Date,
): LadderReport {
  const several = stocks.length > 1
  const found = stocks.flatMap(({ stock, findings }) =>
    findings.map(({ verdict, reason }) => ({
      verdict,
      reason: several ? `With ${levelWords[stock]}: ${reason}` : reason,
    })),
  )
  const { kind, leftOut } = options
  const [plan] = stocks.map((stock) => stock.plan)
  const choices = [...options.words, `--stock ${several ? 'both' : plan?.stock}`]
  return {
    kind,
    verdict: worstVerdict(found.map(({ verdict }) => verdict)),
    reasons: [...found.map(({ reason }) => reason), ...stockLines(stocks)],
    again: plan ? onSameDatabase(repeatCommand(kind, choices, plan), versions) : '',
    stocks,
    leftOut,
    versions,
    startedAt: startedAt.toISOString(),
  }
}

/** The sentences about one level of stock, what matters most first. */
export const sentencesOf = ({ claims, axes, variants, notes }: StockReport) => ({
  claims: [...claims, ...axes.map(({ sentence }) => sentence)],
  remarks: [...hazardLines(variants), ...notes],
})

const noneWords: Partial<Record<Decision, string>> = {
  equivalent: ' (no difference)',
  undecided: ' (not decided)',
}

/** Of the answered, so many must have met “sold out” for stock to have been scarce, percent. */
const scarcePercentMin = 30

/** What the level of stock does to the figures. */
function stockLines(stocks: readonly StockReport[]): string[] {
  const scarce = stocks.find(({ stock }) => stock === 'scarce')
  if (!scarce) return []
  const share = soldOutPercent(scarce)
  if (share < scarcePercentMin) {
    return [
      `Stock was not scarce for this crowd: ${percent(share)} of the answered met “sold out”. ` +
        'A higher rate or a longer crowd makes it so.',
    ]
  }
  const why =
    `Scarce stock hides the write bottleneck: ${percent(share)} of the answered got “sold out”, ` +
    'which writes nothing, and no design can sell more than there is'
  const gains = stocks.flatMap(({ stock, variants }) => {
    const over = variants.at(-1)?.over
    if (!over) return []
    const none = noneWords[over.decisions.goodput] ?? ''
    return [`${times(over.goodput.value)}${none} with ${levelWords[stock]}`]
  })
  const last = scarce.variants.at(-1)
  const [first] = scarce.variants
  const whose = `goodput of ${last?.title} over ${first?.title}`
  return [`${why}${gains.length > 1 ? `; ${whose}: ${gains.join(', ')}` : ''}.`]
}

function soldOutPercent({ arms }: StockReport): number {
  const outcomes = Object.values(arms).map((arm) => arm.outcomes)
  const sold = outcomes.reduce((sum, { paid }) => sum + paid, 0)
  const refused = outcomes.reduce((sum, { soldOut }) => sum + soldOut, 0)
  return sold + refused === 0 ? 0 : (100 * refused) / (sold + refused)
}
