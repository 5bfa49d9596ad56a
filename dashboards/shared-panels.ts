import type { Axis } from '../server/designs/axes.ts'
import {
  colors,
  type PanelEntry,
  stat,
  stateTimeline,
  table,
  timeseries,
  tooHighFrom,
  tooLowBelow,
} from './entries.ts'
import { arms, designs, query, serverGauge } from './queries.ts'

/** Which arm had a block when; a board adds what it means there. */
export const blockPanel = (good: string, otherwise: string, width = 24): PanelEntry =>
  stateTimeline('Blocks', 'none')
    .good(good)
    .otherwise(otherwise)
    .with({
      width,
      readings: {
        '1': { text: 'runs', color: 'blue' },
        '0': { text: 'waits', color: colors.idle },
      },
      noValue: 'no block in this range',
    })
    .show(query(`max by (arm) (stampede_block_active{run="$run", ${arms}})`, '{{arm}}'))

/** Which option of an axis each arm has. @param column heading that says what options decide */
export const optionPanel = (axis: Axis, column: string): PanelEntry =>
  table('Option in force', 'none')
    .good('the option that you meant to try, for each arm.')
    .otherwise('change it with `PUT /designs/{axis}`, or start the arm with another design.')
    .with({
      width: 8,
      columns: { arm: 'Arm', option: column, Value: 'In force' },
      readings: inForce,
    })
    .show(query(designs('arm, option', `${arms},axis="${axis}"`), '{{arm}} {{option}}'))

/** The same of an axis whose parts, such as `ids.orders`, have flags of their own. */
export const partsPanel = (axis: Axis, part: string, column: string): PanelEntry =>
  table('Option in force', 'none')
    .good(`the option that you meant to try, for each arm and ${part.toLowerCase()}.`)
    .otherwise(
      `change it with \`PUT /designs/${axis}\`, or of one alone with \`/designs/${axis}.orders\`.`,
    )
    .with({
      width: 10,
      columns: { arm: 'Arm', axis: part, option: column, Value: 'In force' },
      readings: inForce,
    })
    .show(
      query(
        designs('arm, axis, option', `${arms},axis=~"${axis}[.].+"`),
        '{{arm}} {{axis}} {{option}}',
      ),
    )

const inForce = { '1': { text: 'yes', color: 'green' } }

/** Row locks of the database; a board adds which row it suspects. */
export const rowLockPanel = (otherwise: string): PanelEntry =>
  timeseries('Row locks being waited for', 'short', tooHighFrom(2, 5))
    .good('near 0.')
    .otherwise(otherwise)
    .show(serverGauge('sum', 'mysql_global_status_innodb_row_lock_current_waits', 'waiting'))

/** Whether a server answers its sampler. */
export const upPanel = (
  title: string,
  metric: string,
  legend: string,
  good: string,
  otherwise: string,
  width: number,
): PanelEntry =>
  stat(title, 'none')
    .good(good)
    .otherwise(otherwise)
    .with({
      thresholds: tooLowBelow(1, 1),
      readings: {
        '1': { text: 'up', color: colors.good },
        '0': { text: 'down', color: colors.bad },
      },
      width,
    })
    .show(serverGauge('min', metric, legend))
