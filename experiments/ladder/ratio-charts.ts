import { interval } from '../judge/format.ts'
import type { Comparison, Direction, VariantReport } from '../judge/result.ts'
import type { RatioChart, RatioCharts, RatioMark } from '../report/document.ts'
import type { Ratio } from '../run/result.ts'
import type { StockReport } from './result.ts'
import { silenceOf } from './tables.ts'

interface Part {
  title: string
  ratio: Ratio | null
  direction: Direction
  noise: number
  silence: string
}

const tickRatios = [-3, -2, -1, 0, 1, 2].flatMap((power) => [1, 2, 5].map((n) => n * 10 ** power))
/** A chart of nothing but ones must not be all width. */
const spanMin = Math.log(1.5)
const room = 0.06

/** Charts of one level of stock, two by two: goodput and p99. */
export function ratioChartsOf({ variants }: StockReport): RatioCharts {
  const [first] = variants
  const over = variants.slice(1).filter(({ role }) => role !== 'without')
  const without = variants.filter(({ role }) => role === 'without')
  const charts = [
    ...chartPair(over, (variant) => variant.over, first?.title ?? ''),
    ...(without.length > 0 ? chartPair(without, (variant) => variant.against, 'after') : []),
  ]
  return { kind: 'ratio-charts', charts }
}

function chartPair(
  variants: readonly VariantReport[],
  stepOf: (variant: VariantReport) => Comparison | null,
  base: string,
): RatioChart[] {
  const parts = (of: (step: Comparison) => Omit<Part, 'title' | 'silence'>): Part[] =>
    variants.map((variant) => {
      const step = stepOf(variant)
      const figures = step ? of(step) : { ratio: null, direction: 'none' as const, noise: 0 }
      return {
        title: variant.title,
        silence: step ? 'none served' : silenceOf(variant),
        ...figures,
      }
    })
  return [
    chart(
      `Goodput ÷ that of ${base}`,
      'Right of the line sells more.',
      parts(({ goodput, directions, noiseFloor }) => ({
        ratio: goodput,
        direction: directions.goodput,
        noise: noiseFloor.goodput,
      })),
      'higher',
    ),
    chart(
      `p99 checkout time ÷ that of ${base}`,
      'Left of the line answers sooner.',
      parts(({ p99, directions, noiseFloor }) => ({
        ratio: p99,
        direction: directions.p99 ?? 'none',
        noise: noiseFloor.p99 ?? 0,
      })),
      'lower',
    ),
  ]
}

function chart(title: string, explanation: string, parts: Part[], good: Direction): RatioChart {
  const drawn = parts.flatMap(({ ratio }) => (ratio ? [ratio.low, ratio.high] : []))
  const logs = [0, ...drawn.map(Math.log)]
  const middle = (Math.min(...logs) + Math.max(...logs)) / 2
  const half = Math.max(spanMin, Math.max(...logs) - Math.min(...logs)) / 2
  const [from, to] = [middle - half * (1 + 2 * room), middle + half * (1 + 2 * room)]
  const at = (ratio: number) =>
    Math.min(100, Math.max(0, (100 * (Math.log(ratio) - from)) / (to - from)))
  return {
    title,
    explanation,
    onePercent: at(1),
    ticks: tickRatios
      .filter((ratio) => Math.log(ratio) >= from && Math.log(ratio) <= to)
      .map((ratio) => ({ atPercent: at(ratio), label: `${Number(ratio.toPrecision(1))} ×` })),
    marks: parts.map(({ title, ratio, direction, noise, silence }) => ({
      title,
      text: ratio ? interval(ratio) : `no claim: ${silence}`,
      effect: ratio ? effectOf(direction, good) : 'no-claim',
      percents: ratio && {
        dot: at(ratio.value),
        low: at(ratio.low),
        high: at(ratio.high),
        noiseLow: at(1 / (1 + noise)),
        noiseHigh: at(1 + noise),
      },
    })),
  }
}

function effectOf(direction: Direction, good: Direction): RatioMark['effect'] {
  if (direction === 'none') return 'none'
  return direction === good ? 'better' : 'worse'
}
