import { amount, duration, percent, spreadWords, times, timeWords } from '../judge/format.ts'
import type { Estimate } from '../judge/inference.ts'
import type { Bound } from '../judge/result.ts'
import { type BarCard, type DocumentNode, roleOf } from '../report/document.ts'
import type { ArmReport } from '../run/result.ts'
import type { RehearsalReport } from './result.ts'

interface KeyFigure {
  title: string
  ratio: 'goodput' | 'p99'
  /** What “less” is called: less goodput, but a shorter time. */
  less: string
  valueOf(arm: ArmReport): number
  figureOf(arm: ArmReport): string
  detailOf(arm: ArmReport): string
}

const goodput: KeyFigure = {
  title: 'Goodput, orders paid per second',
  ratio: 'goodput',
  less: 'less',
  valueOf: (arm) => arm.goodputPerSecond,
  figureOf: (arm) => amount(arm.goodputPerSecond),
  detailOf: (arm) => `, ${percent(arm.servedPercent)} served`,
}

const checkoutTime: KeyFigure = {
  title: 'Checkout time, 99th percentile of all that came',
  ratio: 'p99',
  less: 'shorter',
  valueOf: (arm) => arm.checkoutMs?.p99.ms ?? 0,
  figureOf: (arm) => (arm.checkoutMs ? timeWords(arm.checkoutMs.p99) : 'none came'),
  detailOf: ({ sojournMs, latencyMs }) =>
    [
      sojournMs ? `, ${timeWords(sojournMs.p99)} from arrival` : '',
      latencyMs ? `, ${duration(latencyMs.p99)} of the served` : '',
    ].join(''),
}

/** The two figures that matter: how much more is sold, and how long the slowest 1 % wait. */
export const keyFigures = (report: RehearsalReport): DocumentNode => ({
  kind: 'bars',
  cards: [cardOf(report, goodput), cardOf(report, checkoutTime)],
})

function cardOf({ arms, ratios }: RehearsalReport, key: KeyFigure): BarCard {
  const [names, reports] = [Object.keys(arms), Object.values(arms)]
  const last = reports.at(-1)
  const ratio = ratios?.[key.ratio]
  const alone = names.length > 1 ? 'in the last arm; no ratio may be claimed' : 'one arm alone'
  return {
    title: key.title,
    result: ratio
      ? ratioWords(ratio, names[0] ?? '', key.less)
      : { figure: last ? key.figureOf(last) : '', meaning: alone },
    bars: reports.map((arm, index) => ({
      name: names[index] ?? '',
      role: roleOf(index, names.length),
      value: key.valueOf(arm),
      text: `${key.figureOf(arm)}${key.detailOf(arm)}`,
    })),
  }
}

/** Inverted, at most becomes at least. */
function boundSign(bound: Bound | undefined, isMore: boolean): string {
  if (!bound) return ''
  return (bound === 'at most') === isMore ? '≤ ' : '≥ '
}

/** A ratio below one is easier to grasp inverted: 20 × shorter, not 0.05 ×. */
function ratioWords(ratio: Estimate & { bound?: Bound }, before: string, less: string) {
  const { value, low, high } = ratio
  const isMore = value >= 1
  const [from, to] = isMore ? [low, high] : [1 / high, 1 / low]
  const range = `${spreadWords(ratio)}: ${times(from).slice(0, -2)} to ${times(to)}`
  return {
    figure: `${boundSign(ratio.bound, isMore)}${times(isMore ? value : 1 / value)}`,
    meaning: `${isMore ? 'that of' : `${less} than`} ${before}; ${range}`,
  }
}
