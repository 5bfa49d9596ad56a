import { type BoardEntry, row } from '../board.ts'
import { text, timeseries, tooHighFrom } from '../entries.ts'
import { optionPanel } from '../option-panel.ts'
import { arms, dashed, orZero, perSecond, quantile, query, rate, refusedShare } from '../queries.ts'

const name = (metric: string) => `stampede_admission_${metric}`
const byArm = (metric: string) => `sum by (arm) (${name(metric)}{${arms}})`

export const admission: BoardEntry = {
  uid: 'stampede-admission',
  title: 'Admission',
  description: 'Who is let in while more come than can be served, and who is sent away in time.',
  arms: 'many',
  rows: [
    row(
      'The door',
      6,
      optionPanel('admission', 'The door is'),
      text(
        16,
        'An early no is cheap, for the shop and for the client: who waits for an answer that ' +
          'comes too late has cost as much as a sale. Who pays goes before who orders, and who ' +
          'only looks comes last.',
        'With **open** there is no door: nothing is counted here, and the crowd queues for ' +
          'connections (*Order flow*). **rate-limited** counts who is let in and refused, so ' +
          'many a second. Only **adaptive** goes by the limit: it moves with the time that ' +
          'requests queue for a connection, and some wait at the door for a moment.',
      ),
    ),
    row(
      'Who gets in?',
      8,
      timeseries(
        'Let in, by class',
        'reqps',
        'follows the crowd, then levels off where the shop is full, and stays there.',
        'falls while more come: the door lets too many in, or the database is ill.',
        rate('arm, class', name('admitted_total')),
      ),
      timeseries(
        'Sent away, by class',
        'reqps',
        'none until the shop is full; then browse first, pay last.',
        'pay among them: docs/how-to/runbooks/payers-refused.md.',
        rate('arm, class', name('refused_total')),
      ),
      timeseries(
        'Sent away, of those who came',
        'percentunit',
        'pay stays at 0 whatever happens to the others.',
        'all alike: nobody is put first. Is admission=adaptive in force?',
        query(refusedShare('arm, class', arms), '{{arm}} {{class}}'),
      ),
    ),
    row(
      'How full is it?',
      8,
      timeseries(
        'In, and how many may be in',
        'short',
        'in stays below the limit of adaptive, and meets it only at the peak.',
        'the limit falls to the number of connections: requests queue for them, or hold them ' +
          'long. See InnoDB for what they wait for.',
        query(byArm('in_flight'), '{{arm}} in'),
        dashed(query(byArm('limit'), '{{arm}} may be in')),
      ),
      timeseries(
        'Waiting at the door',
        'short',
        '0, short bursts at the peak.',
        'a line that stays: more come than go, and who waits is soon sent away.',
        query(byArm('queue_length'), '{{arm}}'),
      ),
      timeseries(
        'Time at the door: 95 % within',
        's',
        'milliseconds, for those who are sent away as well.',
        'half a second is half the patience of a client: a no must come early.',
        { thresholds: tooHighFrom(0.1, 0.5) },
        query(
          orZero(
            quantile(0.95, 'arm, class', name('wait_seconds'), arms),
            perSecond('arm, class', name('wait_seconds_count'), arms),
          ),
          '{{arm}} {{class}}',
        ),
      ),
    ),
  ],
}
