import type { BoardEntry } from '../board.ts'
import { optionPanel } from '../option-panel.ts'
import { tooHighFrom } from '../panels.ts'
import { orZero, perSecond, quantile, ratio } from '../queries.ts'

const arms = 'arm=~"$arm"'
const name = (metric: string) => `stampede_stock_${metric}`

/** Rates of some of what can come between, summed over the options: one is in force. */
const between = (events: string) => ({
  expr: perSecond('arm, event', name('contention_total'), `${arms},event=~"${events}"`),
  legend: '{{arm}} {{event}}',
})

export const stock: BoardEntry = {
  uid: 'stampede-stock',
  title: 'Stock',
  description: 'What comes between a buyer and an item that everybody wants.',
  arms: 'many',
  rows: [
    {
      title: 'How items are taken',
      height: 7,
      panels: [
        optionPanel('stock', 'An item is taken by'),
        {
          kind: 'text',
          title: 'How to read this board',
          width: 16,
          content:
            'Whatever the option, only one buyer at a time can take from an item. Where ' +
            'they queue differs, and so does the row of this board that moves; the others ' +
            'stay at 0.\n\n' +
            '**row-lock** and **conditional-update** queue in the database: *Row locks*. ' +
            '**redis-lock**, **pubsub-lock** and **lock-released-early** queue for a lock ' +
            'in Redis, **optimistic** and **derived** look again: *What comes between*.\n\n' +
            '**coalesced** takes for all that wait with one statement: *One statement for ' +
            'many*. **redis-counter** asks Redis only, and the table follows: the last row.',
        },
      ],
    },
    {
      title: 'How long does an item take?',
      height: 8,
      panels: [
        {
          kind: 'timeseries',
          title: 'Item taken: 95 % within',
          unit: 's',
          good: 'the same at the peak as before it. Counted from the start of the request.',
          otherwise: 'grows with the crowd: buyers queue, beside this and below it says where.',
          thresholds: tooHighFrom(0.3, 0.5),
          queries: [
            {
              expr: quantile(
                0.95,
                'arm',
                'stampede_point_seconds',
                `${arms},point="order.stock.taken"`,
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
          otherwise: 'a hot row: the item, unless ids=sequence-table has a hotter one.',
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
          title: 'Lock in Redis: 95 % have it within',
          unit: 's',
          good: 'milliseconds; 0 where nobody asks for such a lock.',
          otherwise:
            'redis-lock asks every 200 ms only; a line near 6 s means that holders keep it ' +
            'too long.',
          thresholds: tooHighFrom(0.2, 1),
          queries: [
            {
              expr: orZero(
                quantile(0.95, 'arm', name('lock_seconds'), arms),
                perSecond('arm', name('lock_seconds_count'), arms),
              ),
              legend: '{{arm}}',
            },
          ],
        },
      ],
    },
    {
      title: 'What comes between a taker and an item',
      height: 8,
      panels: [
        {
          kind: 'timeseries',
          title: 'Locks had, and tries that found one taken',
          unit: 'ops',
          good: 'lock-had follows the items ordered, lock-waited stays below it.',
          otherwise:
            'many lock-waited for one lock-had: buyers stand around it. Is the bank called ' +
            'while it is held?',
          queries: [between('lock-had|lock-waited')],
        },
        {
          kind: 'timeseries',
          title: 'Turned away by a lock',
          unit: 'ops',
          good: 'none.',
          otherwise:
            'given up: waited 6 s in vain. stale: the lease ran out and the fence kept the ' +
            'holder from writing. unavailable: Redis gives no answer.',
          thresholds: tooHighFrom(0.1, 1),
          queries: [between('lock-given-up|lock-stale|lock-unavailable')],
        },
        {
          kind: 'timeseries',
          title: 'Looked, and must look again',
          unit: 'ops',
          good: 'fewer than orders.',
          otherwise:
            'version-lost: somebody was faster, up to 50 times an order. end-near: derived ' +
            'takes one buyer at a time, since the stock is nearly gone.',
          queries: [between('version-lost|end-near')],
        },
      ],
    },
    {
      title: 'One statement for many',
      height: 8,
      panels: [
        {
          kind: 'timeseries',
          title: 'Takes that were merged, and statements for them',
          unit: 'ops',
          good: 'takes follow the crowd, statements level off.',
          otherwise: 'the two lie on each other: nobody waits, so there is nothing to merge.',
          queries: [
            { expr: perSecond('arm', name('merged_takes_total'), arms), legend: '{{arm}} takes' },
            {
              expr: perSecond('arm', name('flushes_total'), arms),
              legend: '{{arm}} statements',
              dashed: true,
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Takes in one statement, at the mean',
          unit: 'short',
          good: 'grows with the crowd: that is how this option bears it.',
          otherwise: 'near 1 at the peak: the crowd is spread over items, or held up before this.',
          queries: [
            {
              expr: orZero(
                ratio('arm', [name('merged_takes_total'), name('flushes_total')], arms),
                perSecond('arm', name('flushes_total'), arms),
              ),
              legend: '{{arm}}',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Grants settled, and units given back',
          unit: 'ops',
          good: 'settled goes on after the peak until all is settled; little is given back.',
          otherwise:
            'much given back: orders fail after they had their item. What a killed process ' +
            'held comes back after 20 s.',
          queries: [
            {
              expr: perSecond('arm', name('grants_settled_total'), arms),
              legend: '{{arm}} settled',
            },
            {
              expr: perSecond('arm', name('units_returned_total'), arms),
              legend: '{{arm}} units back',
              dashed: true,
            },
          ],
        },
      ],
    },
    {
      title: 'The counter in Redis, and the table behind it',
      height: 8,
      panels: [
        {
          kind: 'timeseries',
          title: 'Reservations not settled yet',
          unit: 'short',
          good: 'about what a second sells, and 0 when the crowd is gone.',
          otherwise:
            'climbs: the settling cannot keep up or the worker is down. Nothing is lost, but ' +
            'the stock that the shop shows is old.',
          thresholds: tooHighFrom(1000, 5000),
          queries: [
            { expr: `max by (arm) (${name('stream_length')}{${arms}})`, legend: '{{arm}}' },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Units by which idle counters differed',
          unit: 'short',
          good: '0: what Redis says and what the table says is one and the same.',
          otherwise: 'docs/how-to/runbooks/stock-drift.md.',
          thresholds: tooHighFrom(1, 1),
          queries: [{ expr: `max by (arm) (${name('drift_units')}{${arms}})`, legend: '{{arm}}' }],
        },
        {
          kind: 'timeseries',
          title: 'Counters made anew, and dropped because they differed',
          unit: 'ops',
          good: 'made anew once an item, then never; dropped never.',
          otherwise:
            'made anew again and again: Redis was emptied, restarted with old data, or throws ' +
            'keys out (see Effects and outbox).',
          queries: [
            {
              expr: perSecond('arm', name('counters_rebuilt_total'), arms),
              legend: '{{arm}} made anew',
            },
            {
              expr: perSecond('arm', name('counters_mended_total'), arms),
              legend: '{{arm}} dropped',
              dashed: true,
            },
          ],
        },
      ],
    },
  ],
}
