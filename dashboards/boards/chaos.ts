import { type BoardEntry, row } from '../board.ts'
import { onOff, stateTimeline, table, timeseries, tooHighFrom } from '../entries.ts'
import { arms, dashed, designs, gauge, moving, per, query, rate } from '../queries.ts'
import { blockPanel } from '../shared-panels.ts'

export const chaos: BoardEntry = {
  uid: 'stampede-chaos',
  title: 'Chaos and clients',
  description: 'Which faults are on, how hard they bite, and what clients make of it.',
  arms: 'many',
  rows: [
    row('Faults', 8, [
      stateTimeline('Faults', 'none')
        .good(
          'on when the plan says so, in both arms at the same second of their blocks; off after.',
        )
        .otherwise('a fault that should not be on: `POST /chaos/reset` clears them all.')
        .with({ width: 12, readings: onOff })
        .show(gauge('max', 'arm, fault', 'stampede_fault_active')),
      timeseries('How often each has bitten', 'ops')
        .good('the same in both arms while the fault is on: the rehearsal is fair.')
        .otherwise('on but 0: nothing passes the point where the fault sits.')
        .with({ width: 12 })
        .show(rate('arm, fault', 'stampede_fault_injected_total')),
    ]),
    row('Clients, as the server sees them', 8, [
      timeseries('Requests for one thing wanted', 'short', tooHighFrom(1.5, 2))
        .good('close to 1, and back there as soon as a fault is over.')
        .otherwise(
          'stays high after the fault: the retries themselves keep the server down. See ' +
            'docs/how-to/runbooks/retry-amplification.md.',
        )
        .show(per('arm', 'stampede_client_attempts_total', 'stampede_client_intents_total')),
      timeseries('Tries, and things wanted', 'reqps')
        .good('the two lie on each other.')
        .otherwise('the gap is load from retries.')
        .show(
          rate('arm', 'stampede_client_attempts_total', 'tries'),
          dashed(rate('arm', 'stampede_client_intents_total', 'wanted')),
        ),
      timeseries('Refused: errors of the server by route', 'reqps')
        .good('none; a few at once refused beat many that wait.')
        .otherwise(
          'which route says which resource: orders.create stock and ids, payments.create bank.',
        )
        .with({ noValue: 'no errors' })
        .show(
          moving(rate('arm, route', 'stampede_http_requests_total', '', `${arms},code=~"5.."`)),
        ),
    ]),
    row('What runs', 7, [
      blockPanel(
        'the arms take turns under the same crowd.',
        'both at once: side by side, for the eyes only.',
        14,
      ),
      table('Designs', 'none')
        .good('the arms differ in the axes that you mean to compare, and in no other.')
        .otherwise('start the rehearsal with the designs spelt out: --arms before,after+ids=….')
        .with({
          width: 10,
          columns: { arm: 'Arm', axis: 'Axis', option: 'Option', Value: 'In force' },
          readings: { '1': { text: 'yes', color: 'green' } },
        })
        .show(query(designs('arm, axis, option', arms), '{{arm}} {{axis}} {{option}}')),
    ]),
  ],
}
