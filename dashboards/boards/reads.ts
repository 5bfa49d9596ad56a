import { type BoardEntry, row } from '../board.ts'
import { text, timeseries, tooHighFrom, tooLowBelow } from '../entries.ts'
import { arms, mean, perSecond, query, rate, within } from '../queries.ts'
import { optionPanel } from '../shared-panels.ts'

const name = (metric: string) => `stampede_reads_${metric}`
const readers = (by: string, outcomes: string) =>
  perSecond(by, name('total'), `${arms},outcome=~"${outcomes}"`)

export const reads: BoardEntry = {
  uid: 'stampede-reads',
  title: 'Reads',
  description: 'A crowd looks far more than it buys. Where its answers come from.',
  arms: 'many',
  rows: [
    row('Where answers come from', 6, [
      optionPanel('reads', 'Answers come from'),
      text(
        16,
        'With **database** and **indexed** every reader has the database work: look at ' +
          '*Pages*, the panels of the cache stay at 0 or empty.',
        'With **cached** an answer is made once and given to all. A reader gets it new ' +
          '(`hit`) or a little old while a new one is made (`stale`). Only where none was ever ' +
          'made does somebody make it (`miss`) and do others wait for that one (`wait`). `day` ' +
          'is one day’s totals, of which `popular` is put together.',
      ),
    ]),
    row('Are readers served?', 8, [
      timeseries('Pages: 95 % are answered within', 's', tooHighFrom(0.1, 0.5))
        .good('a few milliseconds, at the peak too.')
        .otherwise('grows with the crowd: readers and buyers share the database.')
        .show(
          within(
            0.95,
            'arm, route',
            'stampede_http_request_duration_seconds',
            '',
            `${arms},route=~"products.*"`,
          ),
        ),
      timeseries('Readers, by how they came by the answer', 'ops')
        .good('nearly all hit, some stale.')
        .otherwise('miss or wait after the first seconds: answers get lost, or are asked for once.')
        .show(rate('arm, outcome', name('total'))),
      timeseries('Answers that were there, of all', 'percentunit', tooLowBelow(0.9, 0.99))
        .good('99 % and more once it is warm.')
        .otherwise('see which kind is waited for, below; is the worker, which warms, up?')
        .show(
          query(
            `${readers('arm', 'hit|stale')}` + ` / (${perSecond('arm', name('total'), arms)} > 0)`,
            '{{arm}}',
          ),
        ),
    ]),
    row('What does the cache cost?', 8, [
      timeseries('Answers rebuilt, by kind', 'ops')
        .good('steady, however many readers come.')
        .otherwise('follows the crowd: many keys that are asked for once, or Redis is away.')
        .show(rate('arm, kind', name('rebuilds_total'))),
      timeseries('Mean time to make an answer', 's', tooHighFrom(0.2, 1))
        .good('milliseconds; popular takes longest.')
        .otherwise('slow to make is old when read: is its index in use? See InnoDB.')
        .show(mean('arm, kind', name('rebuild_seconds_total'), name('rebuilds_total'))),
      timeseries('Readers who had to wait, by kind', 'ops', tooHighFrom(1, 10))
        .good('0 after the first seconds.')
        .otherwise('a key that was not made before: warmed too late, or outside what is warmed.')
        .show(query(readers('arm, kind', 'miss|wait'), '{{arm}} {{kind}}')),
    ]),
    row('What goes wrong?', 7, [
      timeseries('Answers that could not be made', 'ops', tooHighFrom(0.1, 1))
        .good('none.')
        .otherwise('the database refuses: readers get what is there while it may be given.')
        .show(rate('arm, kind', name('rebuild_failures_total'))),
      timeseries('Errors of the cache’s Redis', 'ops', tooHighFrom(0.1, 1))
        .good('none.')
        .otherwise(
          'it is away: each process lives on its local cache, and asks it again after a second.',
        )
        .show(rate('arm', name('redis_errors_total'))),
      timeseries('Values in Redis that are not whole', 'ops', tooHighFrom(0.1, 1))
        .good('none.')
        .otherwise('somebody else writes under these keys, or two versions of the shop run.')
        .show(rate('arm', name('refused_entries_total'))),
    ]),
  ],
}
