import { amount, times } from '../judge/format.ts'
import type { Comparison, VariantReport } from '../judge/result.ts'
import { P99_SAMPLES_MIN } from '../judge/summarize.ts'
import { arrivalsWords, asSentence } from '../report/words.ts'
import { levelWords } from './report.ts'
import type { LadderReport, StockReport } from './result.ts'

/** The run in one sentence. */
export function headline(report: LadderReport): string {
  const [stock] = report.stocks
  if (report.verdict !== 'as-expected' || !stock) {
    return asSentence(report.reasons[0] ?? 'Nothing was run.')
  }
  return report.kind === 'ladder' ? ladderLine(stock) : compareLine(stock)
}

function ladderLine({ variants, axes }: StockReport): string {
  const over = variants.find(({ role }) => role === 'after')?.over
  const together = axes.filter(({ meaning }) => meaning.includes('only together'))
  const alone = axes.filter(({ meaning }) => meaning.startsWith('helps alone'))
  const parts = [
    alone.length > 0 ? `${names(alone)} ${alone.length > 1 ? 'help' : 'helps'} alone` : '',
    together.length > 0
      ? `${names(together)} ${together.length > 1 ? 'help' : 'helps'} only together`
      : '',
  ].filter((part) => part !== '')
  const whole = over ? gainWords(over) : 'There is no claim about after'
  return `${whole}${parts.length > 0 ? `: ${parts.join(', ')}` : ''}.`
}

function gainWords({ goodput, decisions }: Comparison): string {
  if (decisions.goodput === 'equivalent') return 'After is equivalent to before in goodput'
  if (decisions.goodput === 'undecided') return 'Not decided whether after has more goodput'
  return `After has ${times(goodput.value)} the goodput of before`
}

const names = (axes: { axis: string }[]) => axes.map(({ axis }) => axis).join(', ')

function compareLine({ variants, arms }: StockReport): string {
  const sound = variants.filter(({ audit, noClaim }) => audit === 'green' && noClaim === null)
  const rate = ({ name }: VariantReport) => arms[name]?.goodputPerSecond ?? 0
  const better = sound.filter(({ over }) => over?.effect === 'better')
  const [best] = better.toSorted((a, b) => rate(b) - rate(a))
  if (best) {
    const over = best.over?.decisions.goodput === 'higher' ? ` of ${variants[0]?.title}` : ''
    const ratio = best.over && over ? `${times(best.over.goodput.value)} the goodput${over}` : ''
    return `${best.title} does best${ratio ? `: ${ratio}` : ': it answers sooner'}.`
  }
  return `No option does better than ${variants[0]?.title} by the margin.`
}

/** Who came, for how long and how often, in half a line. */
export function crowdWords({ stocks, versions }: LadderReport): string {
  const plan = stocks[0]?.plan
  const levels = stocks.map(({ stock }) => levelWords[stock]).join(' and ')
  return [
    plan?.scenario ?? '',
    `up to ${plan?.rate}/s for ${plan?.durationSeconds} s${arrivalsWords(plan ?? {})}`,
    levels,
    `${plan?.blocks} blocks a design`,
    versions.driver,
  ].join(', ')
}

/** What the words mean and what the figures can't say, for a reader who was not there. */
export function howToRead(report: LadderReport): string[] {
  const isLadder = report.kind === 'ladder'
  const own = isLadder
    ? [
        'plus-X is before with the one option of after on axis X; minus-X is after with the one ' +
          'option of before. What X buys alone is plus-X ÷ before; what after owes to it is ' +
          'minus-X ÷ after.',
        'An axis helps only together where alone it is equivalent to before and leaving it out ' +
          'costs: the next bottleneck hides it. A step that is not decided has no part in that. ' +
          'A ladder is no proof for another machine, crowd or size of shop.',
        'All steps are judged together (Holm): of runs whose designs are equal at most one in ' +
          'twenty claims any step. “Together ÷ alone” is what an axis brings in after ÷ what it ' +
          'brings alone, in the same rounds. “Again” is the same design once more, the A/A.',
      ]
    : ['Every option ran on the same base; the first one is what the others are compared with.']
  return [
    ...own,
    'A ratio is the geometric mean over pairs of blocks that met the same crowd, with Student’s ' +
      '95 % interval from six pairs on, and their range below. It counts only beyond a ' +
      'margin fixed beforehand; within it designs are equivalent, else nothing is decided.',
    'Goodput is journeys that arrived while the crowd was at its peak and were paid within 10 s, ' +
      'per second. Checkout times are over all that came: who failed or was dropped took longer ' +
      'than any time, so “> 6 s” is all that is known.',
    'A design whose audit is red makes no claim, and none is made against it. Red is known where ' +
      'the entry of an option names the check that broke; any other fails the run.',
    'Deadlocks and lock waits are sums over the blocks of a design, which are equal in number.',
    `A p99 from fewer than ${amount(P99_SAMPLES_MIN)} checkouts is only indicative.`,
  ]
}
