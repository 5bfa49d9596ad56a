import type { BoardEntry } from '../board.ts'
import { tooHighFrom, tooLowBelow } from '../panels.ts'
import { designs, perSecond, quantile } from '../queries.ts'

const arms = 'arm=~"$arm"'

export const ids: BoardEntry = {
  uid: 'stampede-ids',
  title: 'Ids',
  description: 'Where ids come from, and whether anybody waits for one.',
  arms: 'many',
  rows: [
    {
      title: 'Where they come from',
      height: 6,
      panels: [
        {
          kind: 'table',
          title: 'Option in force',
          unit: 'none',
          width: 8,
          good: 'the option that you meant to try, for each arm.',
          otherwise: 'change it with `PUT /designs`, or start the arm with another design.',
          queries: [
            {
              expr: designs('arm, option', `${arms},axis="ids"`),
              legend: '{{arm}} {{option}}',
            },
          ],
          columns: { arm: 'Arm', option: 'Ids come from', Value: 'In force' },
          readings: { '1': { text: 'yes', color: 'green' } },
        },
        {
          kind: 'text',
          title: 'How to read this board',
          width: 16,
          content:
            'With **sequence-table** every id is an update of one row inside the order’s own ' +
            'transaction: whoever comes next waits until that transaction ends. Its price is on ' +
            '*Orders written* and *Row locks*, the ticket panels stay empty.\n\n' +
            'With **ticket-server** ids are leased ahead, a thousand at a time, and ' +
            'handed out from ' +
            'memory: the row locks go away, and the buffer must never run dry.',
        },
      ],
    },
    {
      title: 'Does anybody wait?',
      height: 8,
      panels: [
        {
          kind: 'timeseries',
          title: 'Orders written: 95 % within',
          unit: 's',
          good: 'the same at the peak as before it.',
          otherwise:
            'grows with the crowd under sequence-table: orders queue for the sequence row.',
          thresholds: tooHighFrom(0.3, 0.5),
          queries: [
            {
              expr: quantile(
                0.95,
                'arm',
                'stampede_point_seconds',
                `${arms},point="order.written"`,
              ),
              legend: '{{arm}}',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Row locks being waited for (both arms)',
          unit: 'short',
          good: 'near 0.',
          otherwise: 'a hot row: with sequence-table the first suspect is the sequence itself.',
          thresholds: tooHighFrom(2, 5),
          queries: [
            {
              expr: 'sum(mysql_global_status_innodb_row_lock_current_waits)',
              legend: 'waiting',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Ids that had to wait for a range',
          unit: 'ops',
          good: '0 after the first range.',
          otherwise:
            'the buffer ran dry: the ticket server is slow, down, or the ranges are too small.',
          thresholds: tooHighFrom(1, 10),
          queries: [
            { expr: perSecond('arm', 'stampede_ticket_waits_total', arms), legend: '{{arm}}' },
          ],
        },
      ],
    },
    {
      title: 'The buffer',
      height: 8,
      panels: [
        {
          kind: 'timeseries',
          title: 'Ids that can be had at once',
          unit: 'short',
          good:
            'a saw-tooth between 200 and 1,200: a new range comes before the old one ' +
            'is used up.',
          otherwise:
            'below 100 refills do not come back: see errors beside this, then the runbook.',
          thresholds: tooLowBelow(100, 200),
          queries: [
            {
              // Only processes that have drawn from it: the worker hardly ever needs an id.
              expr:
                `min by (arm, job, sequence) (stampede_ticket_buffered_ids{${arms}}` +
                ` and max_over_time(stampede_ticket_buffered_ids{${arms}}[5m]) > 0)`,
              legend: '{{arm}} {{job}} {{sequence}}',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Ranges leased',
          unit: 'ops',
          good: 'about one for every thousand ids used.',
          otherwise:
            'more: processes restart and throw their ranges away, or ranges are too small.',
          queries: [
            {
              expr: perSecond('arm', 'stampede_ticket_refills_total', arms),
              legend: '{{arm}}',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Ranges that could not be leased',
          unit: 'ops',
          good: 'none.',
          otherwise:
            'the ticket server does not answer: the buffer lasts for a while, then orders fail.',
          thresholds: tooHighFrom(0.1, 1),
          queries: [
            {
              expr: perSecond('arm', 'stampede_ticket_refill_errors_total', arms),
              legend: '{{arm}}',
            },
          ],
        },
      ],
    },
  ],
}
