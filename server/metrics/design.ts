import type { Registry } from 'prom-client'
import { axes, axisNames } from '../designs/axes.ts'
import type { Design } from '../designs/design.ts'
import { registerScraped } from './scraped.ts'

/** Says which option of each axis the process takes when a request asks for no other. */
export function registerDesignMetrics(registry: Registry, current: () => Design): void {
  const head = {
    name: 'stampede_design_info',
    help: '1 for the option that an axis has in this process unless a request asks for another.',
    labelNames: ['axis', 'option'],
  }
  registerScraped(registry, head, 'gauge', () =>
    axisNames.flatMap((axis) =>
      Object.keys(axes[axis].options).map((option) => ({
        labels: { axis, option },
        value: current().options[axis] === option ? 1 : 0,
      })),
    ),
  )
}
