import type { Axis } from '../server/designs/axes.ts'
import type { PanelEntry } from './panels.ts'
import { designs } from './queries.ts'

/**
 * Which option of an axis each arm has.
 * @param column heading over the options, which says what they decide
 */
export const optionPanel = (axis: Axis, column: string): PanelEntry => ({
  kind: 'table',
  title: 'Option in force',
  unit: 'none',
  width: 8,
  good: 'the option that you meant to try, for each arm.',
  otherwise: 'change it with `PUT /designs`, or start the arm with another design.',
  queries: [
    { expr: designs('arm, option', `arm=~"$arm",axis="${axis}"`), legend: '{{arm}} {{option}}' },
  ],
  columns: { arm: 'Arm', option: column, Value: 'In force' },
  readings: { '1': { text: 'yes', color: 'green' } },
})
