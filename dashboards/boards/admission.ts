import { type BoardEntry, row } from '../board.ts'
import { text, timeseries, tooHighFrom } from '../entries.ts'
import { arms, dashed, gauge, query, rate, refusedShare, withinOrZero } from '../queries.ts'
import { optionPanel } from '../shared-panels.ts'

const name = (metric: string) => `stampede_admission_${metric}`
const byArm = (metric: string) => `sum by (arm) (${name(metric)}{${arms}})`

export const admission: BoardEntry = {
  uid: 'stampede-admission',
  title: 'Admission',
  description:
    'Which requests are admitted while more come than can be served, and which are refused.',
  arms: 'many',
  rows: [
    row('Admission control', 6, [
      optionPanel('admission', 'Requests are admitted'),
      text(
        16,
        'An early no is cheap, for the shop and for the client: a request that waits for an ' +
          'answer which comes too late has cost as much as a sale. Payments go before orders, ' +
          'and browsing comes last.',
        'With **open** everything is admitted: nothing is counted here, and the crowd queues ' +
          'for connections (*Order flow*). **rate-limited** admits so many a second. Only ' +
          '**adaptive** goes by the limit: it moves with the time that requests queue for a ' +
          'connection, and some wait a moment to be admitted. **queued** writes orders down, ' +
          'answers 202, and has the worker place them.',
      ),
    ]),
    row('What is admitted?', 8, [
      timeseries('Admitted, by class', 'reqps')
        .good('follows the crowd, then levels off where the shop is full, and stays there.')
        .otherwise('falls while more come: too many are admitted, or the database is slow.')
        .show(rate('arm, class', name('admitted_total'))),
      timeseries('Refused, by class', 'reqps')
        .good('none until the shop is full; then browse first, pay last.')
        .otherwise('pay among them: docs/how-to/runbooks/payers-refused.md.')
        .show(rate('arm, class', name('refused_total'))),
      timeseries('Refused, of all that came', 'percentunit')
        .good('pay stays at 0 whatever happens to the others.')
        .otherwise('all alike: no class is put first. Is admission=adaptive in force?')
        .show(query(refusedShare('arm, class', arms), '{{arm}} {{class}}')),
    ]),
    row('How full is it?', 8, [
      timeseries('In flight, and the limit', 'short')
        .good('in flight stays below the limit of adaptive, and meets it only at the peak.')
        .otherwise(
          'the limit falls to the number of connections: requests queue for them, or hold them ' +
            'long. See InnoDB for what they wait for.',
        )
        .show(
          query(byArm('in_flight'), '{{arm}} in flight'),
          dashed(query(byArm('limit'), '{{arm}} limit')),
        ),
      timeseries('Waiting to be admitted', 'short')
        .good('0, short bursts at the peak.')
        .otherwise('a line that stays: more come than go, and what waits is soon refused.')
        .show(query(byArm('queue_length'), '{{arm}}')),
      timeseries('Time until admitted or refused: 95 % within', 's', tooHighFrom(0.1, 0.5))
        .good('milliseconds, for refused requests as well.')
        .otherwise('half a second is half the patience of a client: a no must come early.')
        .show(withinOrZero(0.95, 'arm, class', name('wait_seconds'))),
    ]),
    row('What becomes of queued orders?', 8, [
      timeseries('Taken in, placed, refused', 'reqps')
        .good('placed keeps up with taken in, a moment later at the peak.')
        .otherwise('put-off: placing fails for now and is tried again. See Order flow for why.')
        .show(
          rate('arm', 'stampede_intakes_taken_total', 'taken in'),
          rate('arm', 'stampede_intakes_turned_away_total', 'turned away'),
          rate('arm, outcome', 'stampede_intake_tries_total'),
        ),
      timeseries('Waiting to be placed', 'short')
        .good('rises with the peak and is 0 soon after it.')
        .otherwise('rises on: more come than are placed, docs/how-to/runbooks/intakes-waiting.md.')
        .show(gauge('max', 'arm', 'stampede_intakes_waiting')),
      timeseries('Oldest order that waits', 's', tooHighFrom(5, 30))
        .good('below the 20 s for which a buyer asks again.')
        .otherwise('its buyer has gone; after five minutes it is refused.')
        .show(gauge('max', 'arm', 'stampede_intakes_oldest_seconds')),
      timeseries('From the 202 to the order: 95 % within', 's', tooHighFrom(5, 30))
        .good('well below a second without a peak.')
        .otherwise('buyers wait for it beyond the answer that they have.')
        .show(withinOrZero(0.95, 'arm, outcome', 'stampede_intake_wait_seconds')),
    ]),
  ],
}
