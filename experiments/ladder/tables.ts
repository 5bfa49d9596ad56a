import { amount, interval, percent, spreadWords, timeWords } from '../judge/format.ts'
import type { Decision, Estimate } from '../judge/inference.ts'
import type { Comparison, VariantReport } from '../judge/result.ts'
import { P99_SAMPLES_MIN } from '../judge/summarize.ts'
import { figureColumns, type Table, type Tone, table, textColumns } from '../report/document.ts'
import { auditText } from './hazards.ts'
import type { StockReport } from './result.ts'

/** What stands for a variant in tables: short in a ladder, the option itself in a comparison. */
export const wordOf = ({ role, name, title }: VariantReport) => (role === 'option' ? title : name)

/** What was measured of each design. */
export function figuresTable({ variants, arms }: StockReport): Table {
  return table(
    [
      ...textColumns('design'),
      ...figureColumns('paid/s', 'p99', 'served', 'deadlocks', 'lock waits'),
      ...textColumns('audit'),
    ],
    variants.map((variant) => {
      const arm = arms[variant.name]
      const times = arm?.checkoutMs
      const thin = (times?.samples ?? 0) < P99_SAMPLES_MIN ? ' *' : ''
      return [
        wordOf(variant),
        amount(arm?.goodputPerSecond ?? 0),
        times ? `${timeWords(times.p99)}${thin}` : 'none',
        percent(arm?.servedPercent ?? 0),
        amount(arm?.deadlocks ?? 0),
        amount(arm?.lockWaits ?? 0),
        { text: auditText(variant), tone: auditTones[variant.audit] },
      ]
    }),
  )
}

const auditTones: Record<VariantReport['audit'], Tone> = {
  green: 'good',
  known: 'doubt',
  red: 'bad',
  unknown: 'doubt',
}

/** What each design does against another: without one axis of after, against after. */
export function stepsTable({ variants }: StockReport): Table {
  const found = variants.find(({ over }) => over !== null)?.over
  const spread = found ? spreadWords(found.goodput) : 'none'
  return table(
    textColumns('design', 'against', `goodput (${spread})`, `p99 (${spread})`, 'noise'),
    variants.slice(1).map((variant) => {
      const step = variant.role === 'without' ? variant.against : variant.over
      const against = variant.role === 'without' ? 'after' : (variants[0]?.name ?? '')
      const figures = step
        ? [
            goodputCell(step),
            p99Cell(step),
            step.noiseFloor ? `${Math.round(step.noiseFloor.goodput * 100)} %` : '',
          ]
        : ['no claim', noClaimWords(variant), '']
      return [wordOf(variant), step?.with ?? against, ...figures]
    }),
  )
}

/** Alone-gain beside leave-out-loss, axis by axis; empty for a comparison. */
export function axisTable({ axes, variants }: StockReport): Table {
  return table(
    textColumns(
      'axis',
      'alone: goodput ÷ before',
      'p99 ÷ before',
      'left out: goodput ÷ after',
      'p99 ÷ after',
      'so it',
    ),
    axes.map(({ axis, meaning }) => {
      const find = (role: VariantReport['role']) =>
        variants.find((variant) => variant.role === role && variant.axis === axis)
      const [alone, without] = [find('alone'), find('without')]
      const pair = (variant: VariantReport | undefined, step: Comparison | null | undefined) =>
        step
          ? [goodputCell(step), p99Cell(step)]
          : [variant ? noClaimWords(variant) : 'not run', '']
      return [axis, ...pair(alone, alone?.over), ...pair(without, without?.against), meaning]
    }),
  )
}

/** Why a design makes no claim, short enough for a cell. */
export function noClaimWords({ noClaim, audit, broken }: VariantReport): string {
  if (noClaim === null && audit !== 'green') return `breaks ${broken.length} checks`
  return noClaim?.replace(/[.:].*$/, '') ?? 'not compared'
}

const goodputCell = ({ goodput, decisions }: Comparison) => arrow(goodput, decisions.goodput)

const p99Cell = ({ p99, decisions }: Comparison) =>
  p99 && decisions.p99 ? arrow(p99, decisions.p99) : 'none'

const signs: Record<Decision, string> = { higher: '▲', lower: '▼', equivalent: '=', undecided: '?' }

const arrow = (ratio: Estimate, decision: Decision) => `${signs[decision]} ${interval(ratio)}`

/** What the signs of the tables mean. */
export const legend =
  '▲ higher, ▼ lower, = equivalent within the margin, ? not decided; * p99 from fewer than 1,000 ' +
  'checkouts'
