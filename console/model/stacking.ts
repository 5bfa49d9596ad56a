import type { Series } from './frames.ts'
import { drawable } from './prometheus.ts'

/** What is drawn for a series, and on which other it stands. */
export interface Drawn {
  values: (number | null)[]
  /**
   * Index of the series below it in its stack; null for the lowest and for those that do not stack.
   */
  below: number | null
}

/** Heights of stacked series (mode normal or percent, by group); others stay as they are. */
export function stacked(series: readonly Series[]): Drawn[] {
  const lines = series.map(({ values, settings }) => {
    const { mode = 'none', group = 'A' } = settings.custom?.stacking ?? {}
    return { values: values.map(drawable), mode, stack: `${mode} ${group}` }
  })
  const totals = new Map<string, number[]>()
  for (const { values, stack } of lines) {
    totals.set(stack, summed(totals.get(stack) ?? [], values))
  }
  const tops = new Map<string, { index: number; heights: number[] }>()
  return lines.map(({ values, mode, stack }, index) => {
    if (mode === 'none') return { values, below: null }
    const shares = mode === 'percent' ? percents(values, totals.get(stack) ?? []) : values
    const under = tops.get(stack)
    const heights = summed(under?.heights ?? [], shares)
    tops.set(stack, { index, heights })
    const drawn = heights.map((height, at) => (values[at] === null && !under ? null : height))
    return { values: drawn, below: under?.index ?? null }
  })
}

const summed = (under: readonly number[], values: readonly (number | null)[]) =>
  values.map((value, at) => (under[at] ?? 0) + (value ?? 0))

const percents = (values: readonly (number | null)[], totals: readonly number[]) =>
  values.map((value, at) => {
    const total = totals[at] ?? 0
    return value === null || total === 0 ? null : (value / total) * 100
  })
