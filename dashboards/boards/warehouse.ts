import type { BoardEntry } from '../board.ts'
import { optionPanel } from '../option-panel.ts'
import { tooHighFrom } from '../panels.ts'
import { orZero, perSecond, quantile } from '../queries.ts'

const arms = 'arm=~"$arm"'
const takes = (by: string, outcomes: string) =>
  perSecond(by, 'stampede_dispatch_takes_total', `${arms},outcome=~"${outcomes}"`)
const duration = 'stampede_http_request_duration_seconds'
const handingOut = `${arms},route=~"dispatches.take|dispatches.claim"`

export const warehouse: BoardEntry = {
  uid: 'stampede-warehouse',
  title: 'Warehouse',
  description:
    'How workers of the warehouse come by paid orders, and whether they get in each other’s way.',
  arms: 'many',
  rows: [
    {
      title: 'How orders are handed out',
      height: 6,
      panels: [
        optionPanel('dispatch', 'Orders are handed out by'),
        {
          kind: 'text',
          title: 'How to read this board',
          width: 16,
          content:
            'Each paid order waits in the warehouse until one worker takes it; twice is ' +
            'worse than late. With **random-lock** all workers wait for one lock in Redis: ' +
            '`lock-wait`. With **chosen** two pick the same order and one is sent away: ' +
            '`raced`. **skip-locked** and **queue** give each worker another one.\n\n' +
            'A crowd of buyers brings no workers: where nobody takes, *waiting* climbs by ' +
            'what is paid and the rest stays at 0.',
        },
      ],
    },
    {
      title: 'Do orders leave?',
      height: 8,
      panels: [
        {
          kind: 'timeseries',
          title: 'Paid orders in the warehouse',
          unit: 'short',
          good: 'waiting goes back to 0 after the peak; taken is about the number of workers.',
          otherwise:
            'waiting climbs with workers there: they are too few, or wait for each other. taken ' +
            'climbs: workers take and do not finish.',
          queries: [
            {
              expr: `max by (arm, status) (stampede_dispatches{${arms}})`,
              legend: '{{arm}} {{status}}',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Tries to take one, by what came of them',
          unit: 'ops',
          good: 'taken follows the orders paid; none means that nothing waits.',
          otherwise: 'raced or lock-wait above taken: most work is done in vain.',
          queries: [
            {
              expr: perSecond('arm, outcome', 'stampede_dispatch_takes_total', arms),
              legend: '{{arm}} {{outcome}}',
            },
          ],
        },
      ],
    },
    {
      title: 'Do workers get in each other’s way?',
      height: 8,
      panels: [
        {
          kind: 'timeseries',
          title: 'Vain tries for one order taken',
          unit: 'short',
          good: 'near 0, however many workers there are.',
          otherwise: 'grows with the workers: more of them make it worse. Try skip-locked.',
          thresholds: tooHighFrom(1, 5),
          queries: [
            {
              expr: orZero(
                `${takes('arm', 'raced|lock-wait')} / (${takes('arm', 'taken')} > 0)`,
                takes('arm', 'taken'),
              ),
              legend: '{{arm}}',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'An order is handed out: 95 % within',
          unit: 's',
          good: 'milliseconds; 0 where nobody asks.',
          otherwise: '3 s under random-lock: the lock is waited for so long, then refused.',
          thresholds: tooHighFrom(0.1, 1),
          queries: [
            {
              expr: orZero(
                quantile(0.95, 'arm, route', duration, handingOut),
                perSecond('arm, route', `${duration}_count`, handingOut),
              ),
              legend: '{{arm}} {{route}}',
            },
          ],
        },
      ],
    },
  ],
}
