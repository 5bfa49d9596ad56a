import type { BoardEntry } from '../board.ts'
import { optionPanel } from '../option-panel.ts'
import { tooHighFrom, tooLowBelow } from '../panels.ts'
import { perSecond, quantile } from '../queries.ts'

const arms = 'arm=~"$arm"'
const served = (metric: string) => `stampede_ticket_server_${metric}`

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
        optionPanel('ids', 'Ids come from'),
        {
          kind: 'text',
          title: 'How to read this board',
          width: 16,
          content:
            'With **sequence-table** every id is an update of one row inside the order’s ' +
            'own transaction: whoever comes next waits until that transaction ends. Its ' +
            'price is on *Orders written* and *Row locks*; **sequence-function** and ' +
            '**replace-into** hold the row for one statement only. The ticket panels stay ' +
            'empty, as with **database-sequence** and **time-sorted**.\n\n' +
            'With **ticket-server** ids are leased ahead, a thousand at a time or more, and ' +
            'handed out from memory: the row locks go away, and the buffer must never run ' +
            'dry. **ticket-server-strict** asks for each id, askers share a round trip: ' +
            'only the last row moves.',
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
            'a saw-tooth between 200 and 1,200, higher where ids go fast: a new range comes ' +
            'before the old one is used up.',
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
    {
      title: 'The ticket server',
      height: 8,
      panels: [
        {
          kind: 'timeseries',
          title: 'Ids handed out by the ticket server',
          unit: 'ops',
          good: 'in ranges of a thousand or more; single ids where order is strict.',
          otherwise: 'far more than are used: processes restart and throw their ranges away.',
          queries: [
            {
              expr: perSecond('arm, sequence', served('ids_total'), arms),
              legend: '{{arm}} {{sequence}}',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Ids that need no database',
          unit: 'short',
          good: 'about a whole lease: so long the database may be away.',
          otherwise: 'falls and does not come back: leases cannot be taken, see beside this.',
          thresholds: tooLowBelow(1000, 5000),
          queries: [
            {
              expr: `min by (arm, sequence) (${served('buffered_ids')}{${arms}})`,
              legend: '{{arm}} {{sequence}}',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Ids in the next lease',
          unit: 'short',
          good: 'a lease lasts 10 to 20 s: more ids while many are wanted, fewer after.',
          otherwise: 'at a million and still too short: something takes ids that it does not use.',
          queries: [
            {
              expr: `max by (arm, sequence) (${served('step_ids')}{${arms}})`,
              legend: '{{arm}} {{sequence}}',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Leases taken, and failed',
          unit: 'ops',
          good: 'one in ten seconds or fewer; none fails.',
          otherwise:
            'failed: the database is away, or a high-water mark went back and the sequence has ' +
            'stopped. docs/how-to/runbooks/ticket-buffer-low.md.',
          queries: [
            {
              expr: perSecond('arm, sequence', served('leases_total'), arms),
              legend: '{{arm}} {{sequence}}',
            },
            {
              expr: perSecond('arm, sequence', served('lease_errors_total'), arms),
              legend: '{{arm}} {{sequence}} failed',
              dashed: true,
            },
          ],
        },
      ],
    },
  ],
}
