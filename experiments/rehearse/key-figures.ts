import { amount, duration, percent, times } from '../judge/format.ts'
import { type BarCard, type DocumentNode, roleOf } from '../report/document.ts'
import type { ArmReport, Ratio } from '../run/result.ts'
import type { RehearsalReport } from './result.ts'

/** The two figures that matter: how much more is sold, and how long the slowest 1 % wait. */
export function keyFigures(report: RehearsalReport): DocumentNode {
  const { ratios } = report
  return {
    kind: 'bars',
    cards: [
      cardOf(report, {
        title: 'Goodput, orders paid per second',
        ratio: ratios?.goodput ?? null,
        less: 'less',
        valueOf: (arm) => arm.goodputPerSecond,
        figureOf: (arm) => amount(arm.goodputPerSecond),
        detailOf: (arm) => `, ${percent(arm.servedPercent)} served`,
      }),
      cardOf(report, {
        title: 'Checkout time, 99th percentile of the served',
        ratio: ratios?.p99 ?? null,
        less: 'shorter',
        valueOf: (arm) => arm.latencyMs?.p99 ?? 0,
        figureOf: (arm) => (arm.latencyMs ? duration(arm.latencyMs.p99) : 'none served'),
        detailOf: () => '',
      }),
    ],
  }
}

interface KeyFigure {
  title: string
  ratio: Ratio | null
  /** What “less” is called: less goodput, but a shorter time. */
  less: string
  valueOf(arm: ArmReport): number
  figureOf(arm: ArmReport): string
  detailOf(arm: ArmReport): string
}

function cardOf(report: RehearsalReport, key: KeyFigure): BarCard {
  const arms = Object.entries(report.arms)
  const last = arms.at(-1)?.[1]
  const alone = arms.length > 1 ? 'in the last arm; no ratio may be claimed' : 'one arm alone'
  return {
    title: key.title,
    result: key.ratio
      ? ratioWords(key.ratio, arms[0]?.[0] ?? '', key.less)
      : { figure: last ? key.figureOf(last) : '', meaning: alone },
    bars: arms.map(([name, arm], index) => ({
      name,
      role: roleOf(index, arms.length),
      value: key.valueOf(arm),
      text: `${key.figureOf(arm)}${key.detailOf(arm)}`,
    })),
  }
}

/** A ratio below one is easier to grasp inverted: 20 × shorter, not 0.05 ×. */
function ratioWords({ value, low, high }: Ratio, before: string, less: string) {
  const isMore = value >= 1
  const [from, to] = isMore ? [low, high] : [1 / high, 1 / low]
  const range = `95 % interval ${times(from).slice(0, -2)} to ${times(to)}`
  return {
    figure: times(isMore ? value : 1 / value),
    meaning: `${isMore ? 'that of' : `${less} than`} ${before}; ${range}`,
  }
}
