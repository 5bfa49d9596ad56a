import { interval } from '../judge/format.ts'
import type { Comparison, VariantReport } from '../judge/result.ts'
import type { RatioChart, RatioCharts, RatioMark } from '../report/document.ts'
import type { StockReport } from './result.ts'
import { noClaimWords } from './tables.ts'

type Figure = 'goodput' | 'p99'

/** A variant and the comparison that its mark shows. */
interface Compared {
  variant: VariantReport
  comparison: Comparison | null
}

const tickRatios = [-3, -2, -1, 0, 1, 2].flatMap((power) => [1, 2, 5].map((n) => n * 10 ** power))
/** Half the width of a chart of nothing but ones, in logarithms. */
const halfWidthMin = Math.log(1.5) / 2
const padding = 0.12

/** Charts of one level of stock, two by two: goodput and p99. */
export function ratioChartsOf({ variants }: StockReport): RatioCharts {
  const [first, ...others] = variants
  const over = others
    .filter(({ role }) => role !== 'without')
    .map((variant) => ({ variant, comparison: variant.over }))
  const against = others
    .filter(({ role }) => role === 'without')
    .map((variant) => ({ variant, comparison: variant.against }))
  const charts = [
    ...chartPair(over, first?.title ?? ''),
    ...(against.length > 0 ? chartPair(against, 'after') : []),
  ]
  return { kind: 'ratio-charts', charts }
}

const chartPair = (compared: readonly Compared[], base: string): RatioChart[] => [
  {
    title: `Goodput ÷ that of ${base}`,
    explanation: 'Right of the line sells more.',
    ...scaled(compared, 'goodput'),
  },
  {
    title: `p99 checkout time ÷ that of ${base}`,
    explanation: 'Left of the line answers sooner.',
    ...scaled(compared, 'p99'),
  },
]

/** Marks and ticks on a logarithmic scale that has room for every interval. */
function scaled(compared: readonly Compared[], figure: Figure) {
  const ratios = compared.flatMap(({ comparison }) => comparison?.[figure] ?? [])
  const logs = [0, ...ratios.flatMap(({ low, high }) => [low, high]).map(Math.log)]
  const [least, most] = [Math.min(...logs), Math.max(...logs)]
  const half = Math.max(halfWidthMin, (most - least) / 2) * (1 + padding)
  const from = (least + most) / 2 - half
  const at = (ratio: number) =>
    Math.min(100, Math.max(0, (100 * (Math.log(ratio) - from)) / (2 * half)))
  return {
    onePercent: at(1),
    ticks: tickRatios
      .filter((ratio) => Math.abs(Math.log(ratio) - (least + most) / 2) <= half)
      .map((ratio) => ({ atPercent: at(ratio), label: `${Number(ratio.toPrecision(1))} ×` })),
    marks: compared.map((one) => markOf(one, figure, at)),
  }
}

function markOf(
  { variant, comparison }: Compared,
  figure: Figure,
  at: (ratio: number) => number,
): RatioMark {
  const { title } = variant
  const ratio = comparison?.[figure]
  if (!comparison || !ratio) {
    const text = `no claim: ${comparison ? 'none served' : noClaimWords(variant)}`
    return { title, text, effect: 'no-claim', percents: null }
  }
  const decision = comparison.decisions[figure] ?? 'undecided'
  const good = figure === 'goodput' ? 'higher' : 'lower'
  const isClaim = decision === 'higher' || decision === 'lower'
  const margin = 1 + comparison.margin
  return {
    title,
    text: interval(ratio),
    effect: isClaim ? (decision === good ? 'better' : 'worse') : 'none',
    percents: {
      dot: at(ratio.value),
      low: at(ratio.low),
      high: at(ratio.high),
      marginLow: at(1 / margin),
      marginHigh: at(margin),
    },
  }
}
