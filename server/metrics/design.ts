import type { Registry } from 'prom-client'
import type { Design } from '../designs/design.ts'
import { registerScraped } from './scraped.ts'

/** Says which option of each axis the process takes when a request asks for no other. */
export function meterDesign(registry: Registry, current: () => Design): void {
  const head = {
    name: 'stampede_design_info',
    help: 'The option that each axis has in this process unless a request asks for another.',
    labelNames: ['axis', 'option'],
  }
  registerScraped(registry, head, 'gauge', () =>
    Object.entries(current().options).map(([axis, option]) => ({
      labels: { axis, option },
      value: 1,
    })),
  )
}
