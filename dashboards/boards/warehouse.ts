import { type BoardEntry, row } from '../board.ts'
import { text, timeseries, tooHighFrom } from '../entries.ts'
import { arms, gauge, orZero, perSecond, query, rate, withinOrZero } from '../queries.ts'
import { optionPanel } from '../shared-panels.ts'

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
    row('How orders are handed out', 6, [
      optionPanel('dispatch', 'Orders are handed out by'),
      text(
        16,
        'Each paid order waits in the warehouse until one worker takes it; twice is worse ' +
          'than late. With **random-lock** all workers wait for one lock in Redis: `lock-wait`. ' +
          'With **chosen** two pick the same order and one is sent away: `raced`. ' +
          '**skip-locked** and **queue** give each worker another one.',
        'A crowd of buyers brings no workers: where no worker takes, *waiting* grows by what is ' +
          'paid and the rest stays at 0.',
      ),
    ]),
    row('Do orders leave?', 8, [
      timeseries('Paid orders in the warehouse', 'short')
        .good('waiting goes back to 0 after the peak; taken is about the number of workers.')
        .otherwise(
          'waiting grows with workers there: they are too few, or wait for each other. taken ' +
            'grows: workers take and do not finish.',
        )
        .show(gauge('max', 'arm, status', 'stampede_dispatches')),
      timeseries('Tries to take one, by outcome', 'ops')
        .good('taken follows the orders paid; none means that nothing waits.')
        .otherwise('raced or lock-wait above taken: most work is done in vain.')
        .show(rate('arm, outcome', 'stampede_dispatch_takes_total')),
    ]),
    row('Do workers get in each other’s way?', 8, [
      timeseries('Vain tries for one order taken', 'short', tooHighFrom(1, 5))
        .good('near 0, however many workers there are.')
        .otherwise('grows with the workers: more of them make it worse. Try skip-locked.')
        .show(
          query(
            orZero(
              `${takes('arm', 'raced|lock-wait')} / (${takes('arm', 'taken')} > 0)`,
              takes('arm', 'taken'),
            ),
            '{{arm}}',
          ),
        ),
      timeseries('An order is handed out: 95 % within', 's', tooHighFrom(0.1, 1))
        .good('milliseconds; 0 where no worker asks.')
        .otherwise('3 s under random-lock: the lock is waited for so long, then refused.')
        .show(withinOrZero(0.95, 'arm, route', duration, handingOut)),
    ]),
  ],
}
