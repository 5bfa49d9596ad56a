import type { Axis } from '../server/designs/axes.ts'
import { type PanelEntry, table } from './entries.ts'
import { arms, designs, query } from './queries.ts'

/**
 * Which option of an axis each arm has.
 * @param column heading over the options, which says what they decide
 */
export const optionPanel = (axis: Axis, column: string): PanelEntry =>
  table(
    'Option in force',
    'none',
    'the option that you meant to try, for each arm.',
    'change it with `PUT /designs`, or start the arm with another design.',
    {
      width: 8,
      columns: { arm: 'Arm', option: column, Value: 'In force' },
      readings: { '1': { text: 'yes', color: 'green' } },
    },
    query(designs('arm, option', `${arms},axis="${axis}"`), '{{arm}} {{option}}'),
  )
