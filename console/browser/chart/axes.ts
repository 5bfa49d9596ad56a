import uPlot from 'uplot'
import { dayAndClock } from '../../model/clock.ts'
import type { Look } from './look.ts'

const tickFont = (look: Look): string => `11px ${look.font}`

/** What all axes have in common: thin grid lines, no ticks. */
export const plainAxis = (look: Look): uPlot.Axis => ({
  stroke: look.soft,
  font: tickFont(look),
  gap: 6,
  grid: { stroke: look.rule, width: 1 },
  ticks: { show: false },
})

/** The axis of a scale in seconds since 1970. */
export const timeAxis = (look: Look): uPlot.Axis => ({
  ...plainAxis(look),
  size: 26,
  space: 76,
  values: (chart, ticks, _axis, _space, increment) =>
    timeTicks(ticks, increment).map((text, at) => (fits(chart, ticks[at] ?? 0) ? text : '')),
})

/** Ticks of the time axis: seconds where they are needed, the day where it changes. */
function timeTicks(ticks: number[], incrementSeconds: number): string[] {
  let lastDay = ''
  return ticks.map((tick) => {
    const { day, clock } = dayAndClock(tick)
    const newDay = day !== lastDay && lastDay !== ''
    lastDay = day
    if (incrementSeconds >= 86_400 || (newDay && clock.startsWith('00:00'))) return day
    return incrementSeconds < 60 ? clock : clock.slice(0, 5)
  })
}

/** A label is as wide at its right as at its left: at the very end it would be cut off. */
const fits = (chart: uPlot, tick: number) =>
  chart.valToPos(tick, 'x') < chart.bbox.width / devicePixelRatio - 14

/** An axis as wide as its longest label; logarithmic ones have null where a tick would crowd. */
export const valueAxis = (look: Look, textOf: (tick: number) => string): uPlot.Axis => ({
  ...plainAxis(look),
  scale: 'y',
  space: 34,
  values: (_chart, ticks) => ticks.map((tick) => (tick === null ? '' : textOf(tick))),
  size: (chart, labels) => Math.max(34, widest(chart, labels ?? [], look) + 14),
})

/** Width of the widest label in CSS pixels. */
export function widest(chart: uPlot, labels: readonly string[], look: Look): number {
  chart.ctx.font = tickFont(look)
  return Math.ceil(Math.max(0, ...labels.map((label) => chart.ctx.measureText(label).width)))
}

/** 1, 2, 4 … bytes: ticks fall on whole KiB and MiB. */
export const binaryIncrements = Array.from({ length: 50 }, (_, power) => 2 ** power)

/** From the least value, or zero where it is near, to a little over the most. */
export const valueScale = (min: number | null): uPlot.Scale => ({
  range: (_chart, low, high) => {
    const least = low ?? 0
    const most = high ?? 1
    if (least === 0 && most === 0) return [min ?? 0, 1]
    const soft = { pad: 0.08, soft: 0, mode: 3 as const }
    const [from, to] = uPlot.rangeNum(least, most, { min: soft, max: soft })
    return [min ?? from ?? 0, to ?? 1]
  },
})
