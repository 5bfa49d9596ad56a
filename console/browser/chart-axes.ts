import uPlot from 'uplot'
import type { FieldSettings } from '../model/field-schema.ts'
import { formatValue } from '../model/units.ts'
import type { Look } from './theme.ts'

const two = (number: number) => String(number).padStart(2, '0')

/** Ticks of the time axis: seconds where they are needed, the day where it changes. */
export function timeTicks(ticks: number[], incrementSeconds: number, utc: boolean): string[] {
  let lastDay = ''
  return ticks.map((tick) => {
    const { day, hour, minute, second } = partsOf(tick, utc)
    const newDay = day !== lastDay && lastDay !== ''
    lastDay = day
    if (incrementSeconds >= 86_400 || (newDay && hour + minute === 0)) return day
    const clock = `${two(hour)}:${two(minute)}`
    return incrementSeconds < 60 ? `${clock}:${two(second)}` : clock
  })
}

/** `14:03:07`, with the day in front when it is not today. */
export function clockText(seconds: number, utc: boolean): string {
  const { day, hour, minute, second } = partsOf(seconds, utc)
  const today = partsOf(Date.now() / 1000, utc).day
  const clock = `${two(hour)}:${two(minute)}:${two(second)}`
  return day === today ? clock : `${day} ${clock}`
}

function partsOf(seconds: number, utc: boolean) {
  const date = new Date(seconds * 1000)
  const [month, dayOfMonth] = utc
    ? [date.getUTCMonth(), date.getUTCDate()]
    : [date.getMonth(), date.getDate()]
  return {
    day: `${two(month + 1)}-${two(dayOfMonth)}`,
    hour: utc ? date.getUTCHours() : date.getHours(),
    minute: utc ? date.getUTCMinutes() : date.getMinutes(),
    second: utc ? date.getUTCSeconds() : date.getSeconds(),
  }
}

const tickFont = (look: Look) => `11px ${look.font}`

export function timeAxis(look: Look, utc: boolean): uPlot.Axis {
  return {
    stroke: look.soft,
    font: tickFont(look),
    size: 26,
    gap: 6,
    space: 76,
    grid: { stroke: look.rule, width: 1 },
    ticks: { show: false },
    values: (chart, ticks, _axis, _space, increment) =>
      timeTicks(ticks, increment, utc).map((text, at) => (fits(chart, ticks[at] ?? 0) ? text : '')),
  }
}

/** A label is as wide at its right as at its left: at the very end it would be cut off. */
const fits = (chart: uPlot, tick: number) =>
  chart.valToPos(tick, 'x') < chart.bbox.width / devicePixelRatio - 14

/** A value axis for one unit; only the first has grid lines. */
export function valueAxis(scale: string, settings: FieldSettings, look: Look): uPlot.Axis {
  const label = settings.custom?.axisLabel
  const right = scale !== 'y'
  return {
    scale,
    side: right ? 1 : 3,
    stroke: look.soft,
    font: tickFont(look),
    gap: 6,
    space: 34,
    ...(isBinary(settings.unit) ? { incrs: binaryIncrements } : {}),
    grid: { show: !right, stroke: look.rule, width: 1 },
    ticks: { show: false },
    ...(label ? { label, labelFont: tickFont(look), labelSize: 18, labelGap: 0 } : {}),
    values: (_chart, ticks) => ticks.map((tick) => tickText(tick, settings)),
    size: (chart, values) => axisSize(chart, values, look),
  }
}

const isBinary = (unit = '') => unit === 'bytes' || unit === 'binBps'

/** 1, 2, 4 … bytes: ticks fall on whole KiB and MiB. */
const binaryIncrements = Array.from({ length: 50 }, (_, power) => 2 ** power)

/** Logarithmic axes have null where a tick would crowd. */
const tickText = (tick: number | null, { unit, decimals }: FieldSettings) =>
  tick === null ? '' : formatValue(Number(tick.toPrecision(12)), { unit, decimals })

function axisSize(chart: uPlot, values: string[] | null, look: Look): number {
  const longest = (values ?? []).reduce(
    (best, text) => (text.length > best.length ? text : best),
    '',
  )
  chart.ctx.font = tickFont(look)
  return Math.max(34, Math.ceil(chart.ctx.measureText(longest).width) + 14)
}

/** A scale from zero (or the least value) to a little over the most, within what the JSON fixes. */
export function valueScale(settings: FieldSettings): uPlot.Scale {
  const { min, max, custom = {} } = settings
  if (custom.scaleDistribution?.type === 'log') {
    const log = custom.scaleDistribution.log === 2 ? 2 : 10
    return {
      distr: 3,
      log,
      range: (_chart, low, high) => {
        const [least, most] = [positive(min ?? low, 0.1), positive(max ?? high, 1)]
        return uPlot.rangeLog(least, Math.max(most, least * log), log, true)
      },
    }
  }
  return {
    range: (_chart, low, high) => {
      const floor = (custom.stacking?.mode ?? 'none') === 'none' ? (low ?? 0) : 0
      const least = Math.min(low ?? 0, floor, custom.axisSoftMin ?? low ?? 0)
      const most = Math.max(high ?? 1, custom.axisSoftMax ?? high ?? 1)
      if (least === 0 && most === 0) return [min ?? 0, max ?? 1]
      const soft = { pad: 0.08, soft: 0, mode: 3 as const }
      const [from, to] = uPlot.rangeNum(least, most, { min: soft, max: soft })
      return [min ?? from ?? 0, max ?? to ?? 1]
    },
  }
}

const positive = (value: number | null, fallback: number) =>
  value !== null && value > 0 ? value : fallback
