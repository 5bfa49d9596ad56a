import type { BoardEntry } from '../board.ts'
import { optionPanel } from '../option-panel.ts'
import { tooHighFrom, tooLowBelow } from '../panels.ts'
import { orZero, perSecond, quantile, ratio } from '../queries.ts'

const arms = 'arm=~"$arm"'
const name = (metric: string) => `stampede_reads_${metric}`
const readers = (by: string, outcomes: string) =>
  perSecond(by, name('total'), `${arms},outcome=~"${outcomes}"`)

export const reads: BoardEntry = {
  uid: 'stampede-reads',
  title: 'Reads',
  description: 'A crowd looks far more than it buys. Where its answers come from.',
  arms: 'many',
  rows: [
    {
      title: 'Where answers come from',
      height: 6,
      panels: [
        optionPanel('reads', 'Answers come from'),
        {
          kind: 'text',
          title: 'How to read this board',
          width: 16,
          content:
            'With **database** and **indexed** every reader has the database work: look at ' +
            '*Pages*, the panels of the cache stay at 0 or empty.\n\n' +
            'With **cached** an answer is made once and given to all. A reader gets it new ' +
            '(`hit`) or a little old while a new one is made (`stale`). Only where none was ' +
            'ever made does somebody make it (`miss`) and do others wait for that one ' +
            '(`wait`). `day` is one day’s totals, of which `popular` is put together.',
        },
      ],
    },
    {
      title: 'Are readers served?',
      height: 8,
      panels: [
        {
          kind: 'timeseries',
          title: 'Pages: 95 % are answered within',
          unit: 's',
          good: 'a few milliseconds, at the peak too.',
          otherwise: 'grows with the crowd: readers and buyers share the database.',
          thresholds: tooHighFrom(0.1, 0.5),
          queries: [
            {
              expr: quantile(
                0.95,
                'arm, route',
                'stampede_http_request_duration_seconds',
                `${arms},route=~"products.*"`,
              ),
              legend: '{{arm}} {{route}}',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Readers, by how they came by the answer',
          unit: 'ops',
          good: 'nearly all hit, some stale.',
          otherwise:
            'miss or wait after the first seconds: answers get lost, or are asked for once.',
          queries: [
            { expr: perSecond('arm, outcome', name('total'), arms), legend: '{{arm}} {{outcome}}' },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Answers that were there, of all',
          unit: 'percentunit',
          good: '99 % and more once it is warm.',
          otherwise: 'see which kind is waited for, below; is the worker, which warms, up?',
          thresholds: tooLowBelow(0.9, 0.99),
          queries: [
            {
              expr:
                `${readers('arm', 'hit|stale')}` +
                ` / (${perSecond('arm', name('total'), arms)} > 0)`,
              legend: '{{arm}}',
            },
          ],
        },
      ],
    },
    {
      title: 'What does the cache cost?',
      height: 8,
      panels: [
        {
          kind: 'timeseries',
          title: 'Answers made anew, by kind',
          unit: 'ops',
          good: 'steady, however many readers come.',
          otherwise: 'follows the crowd: many keys that are asked for once, or Redis is away.',
          queries: [
            {
              expr: perSecond('arm, kind', name('rebuilds_total'), arms),
              legend: '{{arm}} {{kind}}',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Mean time to make an answer',
          unit: 's',
          good: 'milliseconds; popular takes longest.',
          otherwise: 'slow to make is old when read: is its index in use? See InnoDB.',
          thresholds: tooHighFrom(0.2, 1),
          queries: [
            {
              expr: orZero(
                ratio('arm, kind', [name('rebuild_seconds_total'), name('rebuilds_total')], arms),
                perSecond('arm, kind', name('rebuilds_total'), arms),
              ),
              legend: '{{arm}} {{kind}}',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Readers who had to wait, by kind',
          unit: 'ops',
          good: '0 after the first seconds.',
          otherwise: 'a key that nobody had made: warmed too late, or outside what is warmed.',
          thresholds: tooHighFrom(1, 10),
          queries: [{ expr: readers('arm, kind', 'miss|wait'), legend: '{{arm}} {{kind}}' }],
        },
      ],
    },
    {
      title: 'What goes wrong?',
      height: 7,
      panels: [
        {
          kind: 'timeseries',
          title: 'Answers that could not be made',
          unit: 'ops',
          good: 'none.',
          otherwise: 'the database refuses: readers get what is there while it may be given.',
          thresholds: tooHighFrom(0.1, 1),
          queries: [
            {
              expr: perSecond('arm, kind', name('rebuild_failures_total'), arms),
              legend: '{{arm}} {{kind}}',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Errors of the cache’s Redis',
          unit: 'ops',
          good: 'none.',
          otherwise:
            'it is away: each process lives on its own copies, and asks it again after a second.',
          thresholds: tooHighFrom(0.1, 1),
          queries: [
            { expr: perSecond('arm', name('redis_errors_total'), arms), legend: '{{arm}}' },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Values in Redis that are not whole',
          unit: 'ops',
          good: 'none.',
          otherwise: 'somebody else writes under these keys, or two versions of the shop run.',
          thresholds: tooHighFrom(0.1, 1),
          queries: [
            { expr: perSecond('arm', name('refused_entries_total'), arms), legend: '{{arm}}' },
          ],
        },
      ],
    },
  ],
}
