import type { Registry } from 'prom-client'
import { axes, axisNames } from '../designs/axes.ts'
import type { Design } from '../designs/design.ts'
import { registerMetrics } from './register.ts'
import { gauge } from './table.ts'

const series = axisNames.flatMap((axis) =>
  Object.keys(axes[axis].options).map((option) => ({ axis, option })),
)

/** Which option of each axis the process takes when a request asks for no other. */
export const designMetrics = {
  stampede_design_info: gauge(
    '1 for the option that an axis has in this process unless a request asks for another.',
    { axis: axisNames, option: [...new Set(series.map(({ option }) => option))] },
  ),
}

export function registerDesignMetrics(registry: Registry, current: () => Design): void {
  registerMetrics(registry, designMetrics, {
    stampede_design_info: () =>
      series.map((labels) => ({
        labels,
        value: current().options[labels.axis] === labels.option ? 1 : 0,
      })),
  })
}
