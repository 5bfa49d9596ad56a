import { type BoardEntry, row } from '../board.ts'
import { text, timeseries, tooHighFrom, tooLowBelow } from '../entries.ts'
import { arms, dashed, gauge, query, rate, within } from '../queries.ts'
import { partsPanel, rowLockPanel } from '../shared-panels.ts'

const served = (metric: string) => `stampede_ticket_server_${metric}`

export const ids: BoardEntry = {
  uid: 'stampede-ids',
  title: 'Ids',
  description: 'Where ids come from, and whether orders wait for one.',
  arms: 'many',
  rows: [
    row('Where they come from', 8, [
      partsPanel('ids', 'Sequence', 'Ids come from'),
      text(
        14,
        'With **sequence-table** every id is an update of one row inside the order’s own ' +
          'transaction: the next order waits until that transaction ends. Its price is on ' +
          '*Orders written* and *Row locks*; **sequence-function** and **replace-into** hold ' +
          'the row for one statement only. The ticket panels stay empty, as with ' +
          '**database-sequence** and **time-sorted**.',
        'With **ticket-server** ids are leased ahead, a thousand at a time or more, and ' +
          'handed out from memory: the row locks go away, and the buffer must never run dry. ' +
          '**ticket-server-strict** asks for each id, askers share a round trip: only the last ' +
          'row moves.',
      ),
    ]),
    row('Do orders wait?', 8, [
      timeseries('Orders written: 95 % within', 's', tooHighFrom(0.3, 0.5))
        .good('the same at the peak as before it.')
        .otherwise('grows with the crowd under sequence-table: orders queue for the sequence row.')
        .show(within(0.95, 'arm', 'stampede_point_seconds', '', `${arms},point="order.written"`)),
      rowLockPanel('a hot row: with sequence-table the first suspect is the sequence itself.'),
      timeseries('Ids that had to wait for a range', 'ops', tooHighFrom(1, 10))
        .good('0 after the first range.')
        .otherwise(
          'the buffer ran dry: the ticket server is slow, down, or the ranges are too small.',
        )
        .show(rate('arm', 'stampede_ticket_waits_total')),
    ]),
    row('The buffer', 8, [
      timeseries('Ids ready in the buffer', 'short', tooLowBelow(100, 200))
        .good(
          'a saw-tooth between 200 and 1,200, higher where ids go fast: a new range comes ' +
            'before the old one is used up.',
        )
        .otherwise('below 100 refills do not come back: see errors beside this, then the runbook.')
        .show(
          // Only processes that have drawn from it: the worker hardly ever needs an id.
          query(
            `min by (arm, job, sequence) (stampede_ticket_buffered_ids{${arms}}` +
              ` and max_over_time(stampede_ticket_buffered_ids{${arms}}[5m]) > 0)`,
            '{{arm}} {{job}} {{sequence}}',
          ),
        ),
      timeseries('Ranges leased', 'ops')
        .good('about one for every thousand ids used.')
        .otherwise('more: processes restart and throw their ranges away, or ranges are too small.')
        .show(rate('arm', 'stampede_ticket_refills_total')),
      timeseries('Ranges that could not be leased', 'ops', tooHighFrom(0.1, 1))
        .good('none.')
        .otherwise(
          'the ticket server does not answer: the buffer lasts for a while, then orders fail.',
        )
        .show(rate('arm', 'stampede_ticket_refill_errors_total')),
    ]),
    row('The ticket server', 8, [
      timeseries('Ids handed out by the ticket server', 'ops')
        .good('in ranges of a thousand or more; single ids where order is strict.')
        .otherwise('far more than are used: processes restart and throw their ranges away.')
        .show(rate('arm, sequence', served('ids_total'))),
      timeseries('Ids that need no database', 'short', tooLowBelow(1000, 5000))
        .good('about a whole lease: so long the database may be away.')
        .otherwise('falls and does not come back: leases cannot be taken, see beside this.')
        .show(gauge('min', 'arm, sequence', served('buffered_ids'))),
      timeseries('Ids in the next lease', 'short')
        .good('a lease lasts 10 to 20 s: more ids while many are wanted, fewer after.')
        .otherwise('at a million and still too short: something takes ids that it does not use.')
        .show(gauge('max', 'arm, sequence', served('step_ids'))),
      timeseries('Leases taken, and failed', 'ops')
        .good('one in ten seconds or fewer; none fails.')
        .otherwise(
          'failed: the database is away, or a high-water mark went back and the sequence has ' +
            'stopped. docs/how-to/runbooks/ticket-buffer-low.md.',
        )
        .show(
          rate('arm, sequence', served('leases_total')),
          dashed(rate('arm, sequence', served('lease_errors_total'), 'failed')),
        ),
    ]),
    row('Sequences that move', 8, [
      timeseries('Ids since a counter was retired', 'short', tooHighFrom(1, 1))
        .good('0: what a sequence has moved away from stands still.')
        .otherwise(
          'something uses two sources at once: docs/how-to/runbooks/retired-sequence-moves.md.',
        )
        .show(gauge('max', 'arm, sequence, counter', 'stampede_sequence_ids_since_retired')),
      timeseries('Ids that a retired source was asked for', 'ops')
        .good('for up to a second after a move; then 0.')
        .otherwise(
          'a process cannot read the flags, or requests ask for the old source with x-design: ' +
            'they get ids of its successor.',
        )
        .show(rate('arm, sequence', 'stampede_ids_redirected_total')),
      timeseries('Where the counters stand', 'short')
        .good('those in use rise; a mark rises a lease at a time.')
        .otherwise(
          'near 2,000,000,000 the ticket server refuses: the sequence needs another range.',
        )
        .show(gauge('max', 'arm, sequence, counter', 'stampede_sequence_value')),
    ]),
  ],
}
