import type { LineChart } from '../report/line-chart.ts'
import type { ContendedLoop } from './shop.ts'

const paints = ['before', 'after'] as const
const stepMs = 100

/**
 * Transactions that wait for a row lock, over the first loop of each of two designs.
 * @param loops of each design, the first of them drawn
 */
export function lockChart(buyers: number, loops: Record<string, ContendedLoop[]>): LineChart {
  const drawn = Object.entries(loops).map(([name, [loop]]) => ({ name, values: stepsOf(loop) }))
  const length = Math.max(1, ...drawn.map(({ values }) => values.length))
  const highest = (values: readonly (number | null)[]) =>
    values.reduce<number>((most, value) => Math.max(most, value ?? 0), 0)
  return {
    id: `locks-${buyers}`,
    title: `Transactions that wait for a row lock, ${buyers} buyers at once`,
    role: null,
    kind: 'count',
    summary: drawn.map(({ name, values }) => `${name}: ${highest(values)} at most`).join(', '),
    xUnit: 's',
    x: Array.from({ length }, (_, step) => (step * stepMs) / 1000),
    lines: drawn.map(({ name, values }, index) => ({
      label: name,
      paint: paints[index] ?? 'after',
      look: 'solid',
      values: Array.from({ length }, (_, step) => values[step] ?? null),
    })),
    xMax: (length * stepMs) / 1000,
    yRange: [0, Math.max(1, ...drawn.map(({ values }) => highest(values))) * 1.08],
    crowdSeconds: null,
    spans: [],
    target: null,
  }
}

/** The most that was seen in each tenth of a second; null without a look. */
function stepsOf(loop: ContendedLoop | undefined): (number | null)[] {
  const steps: (number | null)[] = []
  for (const { atMs, waiting } of loop?.locks?.samples ?? []) {
    const step = Math.max(0, Math.floor((atMs - (loop?.startedMs ?? atMs)) / stepMs))
    while (steps.length <= step) steps.push(null)
    steps[step] = Math.max(steps[step] ?? 0, waiting)
  }
  return steps
}
