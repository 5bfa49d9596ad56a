import { type BoardEntry, row } from '../board.ts'
import { text, timeseries, tooHighFrom } from '../entries.ts'
import { arms, dashed, gauge, mean, perSecond, rate, within, withinOrZero } from '../queries.ts'
import { optionPanel, rowLockPanel } from '../shared-panels.ts'

const name = (metric: string) => `stampede_stock_${metric}`

/** Rates of some of what can come between, summed over the options: one is in force. */
const between = (events: string) => ({
  expr: perSecond('arm, event', name('contention_total'), `${arms},event=~"${events}"`),
  legend: '{{arm}} {{event}}',
})

export const stock: BoardEntry = {
  uid: 'stampede-stock',
  title: 'Stock',
  description: 'What comes between a buyer and an item that all buyers want.',
  arms: 'many',
  rows: [
    row('How items are taken', 7, [
      optionPanel('stock', 'An item is taken by'),
      text(
        16,
        'Whatever the option, only one buyer at a time can take from an item. Where they ' +
          'queue differs, and so does the row of this board that moves; the others stay at 0.',
        '**row-lock** and **conditional-update** queue in the database: *Row locks*. ' +
          '**spin-lock**, **redis-lock**, **pubsub-lock**, **lock-released-early** and ' +
          '**redlock** queue for a lock in Redis, **optimistic** and **derived** look again: ' +
          '*What comes between*.',
        '**coalesced** takes for all that wait with one statement: *One statement for many*. ' +
          '**redis-counter** asks Redis only, and the table follows: the last row.',
      ),
    ]),
    row('How long does an item take?', 8, [
      timeseries('Item taken: 95 % within', 's', tooHighFrom(0.3, 0.5))
        .good('the same at the peak as before it. Counted from the start of the request.')
        .otherwise('grows with the crowd: buyers queue, beside this and below it says where.')
        .show(
          within(0.95, 'arm', 'stampede_point_seconds', '', `${arms},point="order.stock.taken"`),
        ),
      rowLockPanel('a hot row: the item, unless ids=sequence-table has a hotter one.'),
      timeseries('Lock in Redis: 95 % have it within', 's', tooHighFrom(0.2, 1))
        .good('milliseconds; 0 where no such lock is used.')
        .otherwise(
          'redis-lock and redlock ask every 200 ms only; a line near 6 s means that holders ' +
            'keep it too long.',
        )
        .show(withinOrZero(0.95, 'arm', name('lock_seconds'))),
    ]),
    row('What comes between a taker and an item', 8, [
      timeseries('Locks had, and tries that found one taken', 'ops')
        .good('lock-had follows the items ordered, lock-waited stays below it.')
        .otherwise(
          'many lock-waited for one lock-had: buyers stand around it. Is the bank called while ' +
            'it is held? lock-server-away: a server of redlock gave no answer in 200 ms.',
        )
        .show(between('lock-had|lock-waited|lock-server-away')),
      timeseries('Turned away by a lock', 'ops', tooHighFrom(0.1, 1))
        .good('none.')
        .otherwise(
          'given up: waited 6 s in vain. stale: the lease ran out and the fence kept the holder ' +
            'from writing. unavailable: Redis gives no answer.',
        )
        .show(between('lock-given-up|lock-stale|lock-unavailable')),
      timeseries('Looked, and must look again', 'ops')
        .good('fewer than orders.')
        .otherwise(
          'version-lost: another buyer was faster, up to 50 times an order. end-near: derived ' +
            'takes one buyer at a time, since the stock is nearly gone.',
        )
        .show(between('version-lost|end-near')),
    ]),
    row('One statement for many', 8, [
      timeseries('Takes that were merged, and statements for them', 'ops')
        .good('takes follow the crowd, statements level off.')
        .otherwise('the two lie on each other: no take waits, so there is nothing to merge.')
        .show(
          rate('arm', name('merged_takes_total'), 'takes'),
          dashed(rate('arm', name('flushes_total'), 'statements')),
        ),
      timeseries('Takes in one statement, at the mean', 'short')
        .good('grows with the crowd: that is how this option bears it.')
        .otherwise('near 1 at the peak: the crowd is spread over items, or held up before this.')
        .show(mean('arm', name('merged_takes_total'), name('flushes_total'))),
      timeseries('Grants settled, and units given back', 'ops')
        .good('settled goes on after the peak until all is settled; little is given back.')
        .otherwise(
          'much given back: orders fail after they had their item. What a killed process held ' +
            'comes back after 20 s.',
        )
        .show(
          rate('arm', name('grants_settled_total'), 'settled'),
          dashed(rate('arm', name('units_returned_total'), 'units back')),
        ),
    ]),
    row('The counter in Redis, and the table behind it', 8, [
      timeseries('Reservations not settled yet', 'short', tooHighFrom(1000, 5000))
        .good('about what a second sells, and 0 when the crowd is gone.')
        .otherwise(
          'grows: the settling cannot keep up or the worker is down. Nothing is lost, but the ' +
            'stock that the shop shows is old.',
        )
        .show(gauge('max', 'arm', name('stream_length'))),
      timeseries('Units by which idle counters differed', 'short', tooHighFrom(1, 1))
        .good('0: what Redis says and what the table says is one and the same.')
        .otherwise('docs/how-to/runbooks/stock-drift.md.')
        .show(gauge('max', 'arm', name('drift_units'))),
      timeseries('Counters rebuilt, and dropped because they differed', 'ops')
        .good('rebuilt once an item, then never; dropped never.')
        .otherwise(
          'rebuilt again and again: Redis was emptied, restarted with old data, or throws ' +
            'keys out (see Effects and outbox).',
        )
        .show(
          rate('arm', name('counters_rebuilt_total'), 'rebuilt'),
          dashed(rate('arm', name('counters_mended_total'), 'dropped')),
        ),
    ]),
  ],
}
