import { amount, duration, interval, percent } from '../judge/format.ts'
import { P99_SAMPLES_MIN } from '../judge/summarize.ts'
import {
  type Column,
  figureColumns,
  type Table,
  type Text,
  type Tone,
  textColumns,
} from '../report/document.ts'
import type { Ratio } from '../run/result.ts'
import { auditText } from './audit.ts'
import type { Direction, RungReport, Step, StockReport } from './result.ts'

/** What stands for a rung in tables: short in a ladder, the option itself in a comparison. */
export const wordOf = ({ role, name, title }: RungReport) => (role === 'option' ? title : name)

/** What was measured of each design. */
export function figuresTable({ rungs, arms }: StockReport): Table {
  return tableOf(
    [
      ...textColumns('design'),
      ...figureColumns('paid/s', 'p99', 'served', 'deadlocks', 'lock waits'),
      ...textColumns('audit'),
    ],
    rungs.map((rung) => {
      const arm = arms[rung.name]
      const thin = (arm?.latencyMs?.samples ?? 0) < P99_SAMPLES_MIN ? ' *' : ''
      return [
        wordOf(rung),
        amount(arm?.goodputPerSecond ?? 0),
        arm?.latencyMs ? `${duration(arm.latencyMs.p99)}${thin}` : 'none',
        percent(arm?.servedPercent ?? 0),
        amount(arm?.deadlocks ?? 0),
        amount(arm?.lockWaits ?? 0),
        { text: auditText(rung), tone: auditTones[rung.audit] },
      ]
    }),
  )
}

const tableOf = (columns: Column[], rows: Text[][]): Table => ({
  kind: 'table',
  columns,
  groups: [{ rows: rows.map((cells) => ({ cells })) }],
})

const auditTones: Record<RungReport['audit'], Tone> = {
  green: 'good',
  known: 'doubt',
  red: 'bad',
  unknown: 'doubt',
}

/** What each design does against another: without one axis of after, against after. */
export function stepsTable({ rungs }: StockReport): Table {
  return tableOf(
    textColumns('design', 'against', 'goodput (95 %)', 'p99 (95 %)', 'noise'),
    rungs.slice(1).map((rung) => {
      const step = rung.role === 'without' ? rung.against : rung.over
      const against = rung.role === 'without' ? 'after' : (rungs[0]?.name ?? '')
      const figures = step
        ? [goodputCell(step), p99Cell(step), `${Math.round(step.noiseFloor.goodput * 100)} %`]
        : ['no claim', silenceOf(rung), '']
      return [wordOf(rung), step?.with ?? against, ...figures]
    }),
  )
}

/** Alone-gain beside leave-out-loss, axis by axis; empty for a comparison. */
export function axisTable({ axes, rungs }: StockReport): Table {
  return tableOf(
    textColumns(
      'axis',
      'alone: goodput ÷ before',
      'p99 ÷ before',
      'left out: goodput ÷ after',
      'p99 ÷ after',
      'so it',
    ),
    axes.map(({ axis, meaning }) => {
      const find = (role: RungReport['role']) =>
        rungs.find((rung) => rung.role === role && rung.axis === axis)
      const [alone, without] = [find('alone'), find('without')]
      const pair = (rung: RungReport | undefined, step: Step | null | undefined) =>
        step ? [goodputCell(step), p99Cell(step)] : [rung ? silenceOf(rung) : 'not run', '']
      return [axis, ...pair(alone, alone?.over), ...pair(without, without?.against), meaning]
    }),
  )
}

/** Why a design makes no claim, short enough for a cell. */
export function silenceOf({ silence, audit, broken }: RungReport): string {
  if (silence === null && audit !== 'green') return `breaks ${broken.length} checks`
  return silence?.replace(/[.:].*$/, '') ?? 'not compared'
}

const goodputCell = ({ goodput, directions }: Step) => arrow(goodput, directions.goodput)

const p99Cell = ({ p99, directions }: Step) => (p99 ? arrow(p99, directions.p99 ?? 'none') : 'none')

const signs: Record<Direction, string> = { higher: '▲', lower: '▼', none: '=' }

const arrow = (ratio: Ratio, direction: Direction) => `${signs[direction]} ${interval(ratio)}`

/** What the signs of the tables mean. */
export const legend =
  '▲ higher, ▼ lower, = no difference beyond noise; * p99 from fewer than 1,000 checkouts'
