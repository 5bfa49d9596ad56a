import { blockPanel } from '../block-panel.ts'
import type { BoardEntry } from '../board.ts'
import { onOff, tooHighFrom } from '../panels.ts'
import { designs, perSecond, ratio } from '../queries.ts'

const arms = 'arm=~"$arm"'

export const chaos: BoardEntry = {
  uid: 'stampede-chaos',
  title: 'Chaos and clients',
  description: 'Which faults are on, how hard they bite, and what clients make of it.',
  arms: 'many',
  rows: [
    {
      title: 'Faults',
      height: 8,
      panels: [
        {
          kind: 'state-timeline',
          title: 'Faults',
          unit: 'none',
          width: 12,
          good:
            'on when the plan says so, in both arms at the same second of their ' +
            'blocks; off after.',
          otherwise: 'a fault that nobody wants: `POST /chaos/reset` clears them all.',
          queries: [
            {
              expr: `max by (arm, fault) (stampede_fault_active{${arms}})`,
              legend: '{{arm}} {{fault}}',
            },
          ],
          readings: onOff,
        },
        {
          kind: 'timeseries',
          title: 'How often each has bitten',
          unit: 'ops',
          width: 12,
          good: 'the same in both arms while the fault is on: the rehearsal is fair.',
          otherwise: 'on but 0: nothing passes the point where the fault sits.',
          queries: [
            {
              expr: perSecond('arm, fault', 'stampede_fault_injected_total', arms),
              legend: '{{arm}} {{fault}}',
            },
          ],
        },
      ],
    },
    {
      title: 'Clients, as the server sees them',
      height: 8,
      panels: [
        {
          kind: 'timeseries',
          title: 'Requests for one thing wanted',
          unit: 'short',
          good: 'close to 1, and back there as soon as a fault is over.',
          otherwise:
            'stays high after the fault: the retries themselves keep the server down. See ' +
            'docs/how-to/runbooks/retry-amplification.md.',
          thresholds: tooHighFrom(1.5, 2),
          queries: [
            {
              expr: ratio(
                'arm',
                ['stampede_client_attempts_total', 'stampede_client_intents_total'],
                arms,
              ),
              legend: '{{arm}}',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Tries, and things wanted',
          unit: 'reqps',
          good: 'the two lie on each other.',
          otherwise: 'the gap is load that nobody wanted.',
          queries: [
            {
              expr: perSecond('arm', 'stampede_client_attempts_total', arms),
              legend: '{{arm}} tries',
            },
            {
              expr: perSecond('arm', 'stampede_client_intents_total', arms),
              legend: '{{arm}} wanted',
              dashed: true,
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Refused: errors of the server by route',
          unit: 'reqps',
          good: 'none; a few at once refused beat many that wait.',
          otherwise:
            'which route says which resource: orders.create stock and ids, payments.create bank.',
          queries: [
            {
              expr: perSecond('arm, route', 'stampede_http_requests_total', `${arms},code=~"5.."`),
              legend: '{{arm}} {{route}}',
            },
          ],
          noValue: 'no errors',
        },
      ],
    },
    {
      title: 'What runs',
      height: 7,
      panels: [
        {
          ...blockPanel,
          width: 14,
          good: 'the arms take turns under the same crowd.',
          otherwise: 'both at once: side by side, for the eyes only.',
        },
        {
          kind: 'table',
          title: 'Designs',
          unit: 'none',
          width: 10,
          good: 'the arms differ in the axes that you mean to compare, and in no other.',
          otherwise: 'start the rehearsal with the designs spelt out: --arms before,after+ids=….',
          queries: [
            {
              expr: designs('arm, axis, option', arms),
              legend: '{{arm}} {{axis}} {{option}}',
            },
          ],
          columns: { arm: 'Arm', axis: 'Axis', option: 'Option', Value: 'In force' },
          readings: { '1': { text: 'yes', color: 'green' } },
        },
      ],
    },
  ],
}
