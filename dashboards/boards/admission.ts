import type { BoardEntry } from '../board.ts'
import { optionPanel } from '../option-panel.ts'
import { tooHighFrom } from '../panels.ts'
import { orZero, perSecond, quantile, refusedShare } from '../queries.ts'

const arms = 'arm=~"$arm"'
const name = (metric: string) => `stampede_admission_${metric}`
const byArm = (metric: string) => `sum by (arm) (${name(metric)}{${arms}})`

export const admission: BoardEntry = {
  uid: 'stampede-admission',
  title: 'Admission',
  description: 'Who is let in while more come than can be served, and who is sent away in time.',
  arms: 'many',
  rows: [
    {
      title: 'The door',
      height: 6,
      panels: [
        optionPanel('admission', 'The door is'),
        {
          kind: 'text',
          title: 'How to read this board',
          width: 16,
          content:
            'An early no is cheap, for the shop and for the client: who waits for an answer that ' +
            'comes too late has cost as much as a sale. Who pays goes before who orders, and who ' +
            'only looks comes last.\n\n' +
            'With **open** there is no door: nothing is counted here, and the crowd queues for ' +
            'connections (*Order flow*). **rate-limited** counts who is let in and refused, so ' +
            'many a second. Only **adaptive** goes by the limit: it moves with the time that ' +
            'requests queue for a connection, and some wait at the door for a moment.',
        },
      ],
    },
    {
      title: 'Who gets in?',
      height: 8,
      panels: [
        {
          kind: 'timeseries',
          title: 'Let in, by class',
          unit: 'reqps',
          good: 'follows the crowd, then levels off where the shop is full, and stays there.',
          otherwise: 'falls while more come: the door lets too many in, or the database is ill.',
          queries: [
            {
              expr: perSecond('arm, class', name('admitted_total'), arms),
              legend: '{{arm}} {{class}}',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Sent away, by class',
          unit: 'reqps',
          good: 'none until the shop is full; then browse first, pay last.',
          otherwise: 'pay among them: docs/how-to/runbooks/payers-refused.md.',
          queries: [
            {
              expr: perSecond('arm, class', name('refused_total'), arms),
              legend: '{{arm}} {{class}}',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Sent away, of those who came',
          unit: 'percentunit',
          good: 'pay stays at 0 whatever happens to the others.',
          otherwise: 'all alike: nobody is put first. Is admission=adaptive in force?',
          queries: [{ expr: refusedShare('arm, class', arms), legend: '{{arm}} {{class}}' }],
        },
      ],
    },
    {
      title: 'How full is it?',
      height: 8,
      panels: [
        {
          kind: 'timeseries',
          title: 'In, and how many may be in',
          unit: 'short',
          good: 'in stays below the limit of adaptive, and meets it only at the peak.',
          otherwise:
            'the limit falls to the number of connections: requests queue for them, or hold ' +
            'them long. See InnoDB for what they wait for.',
          queries: [
            { expr: byArm('in_flight'), legend: '{{arm}} in' },
            { expr: byArm('limit'), legend: '{{arm}} may be in', dashed: true },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Waiting at the door',
          unit: 'short',
          good: '0, short bursts at the peak.',
          otherwise: 'a line that stays: more come than go, and who waits is soon sent away.',
          queries: [{ expr: byArm('queue_length'), legend: '{{arm}}' }],
        },
        {
          kind: 'timeseries',
          title: 'Time at the door: 95 % within',
          unit: 's',
          good: 'milliseconds, for those who are sent away as well.',
          otherwise: 'half a second is half the patience of a client: a no must come early.',
          thresholds: tooHighFrom(0.1, 0.5),
          queries: [
            {
              expr: orZero(
                quantile(0.95, 'arm, class', name('wait_seconds'), arms),
                perSecond('arm, class', name('wait_seconds_count'), arms),
              ),
              legend: '{{arm}} {{class}}',
            },
          ],
        },
      ],
    },
  ],
}
