import { type BoardEntry, row } from '../board.ts'
import { timeseries, tooHighFrom } from '../entries.ts'
import {
  dashed,
  gauge,
  labelled,
  rate,
  serverGauge,
  serverRate,
  servers,
  within,
} from '../queries.ts'
import { optionPanel, upPanel } from '../shared-panels.ts'

export const effects: BoardEntry = {
  uid: 'stampede-effects',
  title: 'Effects and outbox',
  description:
    'What follows a payment: messages, ranking, data platform. Late is bad, lost is worse.',
  arms: 'many',
  rows: [
    row('Is anything late?', 8, [
      timeseries('Oldest row in the outbox', 's', tooHighFrom(2, 10))
        .good('under a second. An arm with effects=inline has no outbox and stays at 0.')
        .otherwise('the relay is down or cannot keep up: docs/how-to/runbooks/outbox-lag.md.')
        .show(gauge('max', 'arm', 'stampede_outbox_oldest_seconds')),
      timeseries('Rows in the outbox', 'short')
        .good('back to 0 within seconds after the peak.')
        .otherwise('grows while the crowd is gone: no relay takes them out.')
        .show(gauge('max', 'arm', 'stampede_outbox_pending')),
      timeseries('Jobs in the queue, by state', 'short')
        .good('near 0: the relay makes first tries itself, here is what is left over or failed.')
        .otherwise('waiting with none active: the worker is gone. failed: read its log.')
        .show(gauge('max', 'arm, state', 'stampede_queue_jobs')),
    ]),
    row('Are they done, and once?', 8, [
      timeseries('Effects applied', 'ops')
        .good('a fixed multiple of orders paid, seconds behind them.')
        .otherwise('less than comes in: see what each handler takes, beside this.')
        .show(rate('arm', 'stampede_effects_done_total')),
      timeseries('Failed and tried again, and given up', 'ops')
        .good('none; some while a partner is down.')
        .otherwise(
          'given up is lost until somebody queues it again by hand: look in the worker’s log.',
        )
        .show(
          rate('arm', 'stampede_effects_retried_total', 'again'),
          dashed(rate('arm', 'stampede_effects_dead_total', 'given up')),
        ),
      timeseries('Handlers: 95 % take less than', 's', tooHighFrom(0.5, 2))
        .good('milliseconds.')
        .otherwise(
          'one handler stands out: its partner is slow, and it holds a place in the worker.',
        )
        .show(within(0.95, 'arm, handler', 'stampede_effect_duration_seconds')),
      timeseries('From the commit until an effect is done: 99 %', 's', tooHighFrom(0.05, 1))
        .good('below 0.02: the relay is woken by the commit, the first try is made at once.')
        .otherwise(
          'towards 0.05 it only polls (Redis is away); beyond, more is paid than it can do.',
        )
        .show(within(0.99, 'arm, handler', 'stampede_effect_lag_seconds')),
    ]),
    row('In the memory of the processes: effects=after-commit', 7, [
      optionPanel('effects', 'Effects happen'),
      timeseries('Effects in memory', 'short', tooHighFrom(100, 1000))
        .good('0 unless effects=after-commit; then a few, and 0 soon after the peak.')
        .otherwise('all of it is lost if the process dies now. At 10,000 payments are refused.')
        .show(gauge('sum', 'arm, job', 'stampede_effects_in_memory')),
      timeseries('Effects in memory, by outcome of a try', 'ops')
        .good('done keeps up with the payments.')
        .otherwise('dead: tried three times and dropped; nothing can queue it again.')
        .show(rate('arm, outcome', 'stampede_memory_effects_total')),
    ]),
    row('Redis', 8, [
      upPanel(
        'Redis',
        'redis_up',
        'Redis',
        'up, and nothing evicted.',
        'down: sales go on, effects wait in the outbox until it is back.',
        4,
      ),
      timeseries('Commands', 'ops')
        .good('follows the effects.')
        .otherwise('high with no effects: something polls.')
        .with({ width: 5 })
        .show(labelled('arm', serverRate('redis_commands_processed_total'), 'commands')),
      timeseries('Mean time of a command, by name', 's')
        .good('microseconds.')
        .otherwise('one command stands out: Redis is one thread, so all others wait for it.')
        .with({ width: 5, thresholds: tooHighFrom(0.001, 0.01) })
        .show(
          labelled(
            'arm, cmd',
            `${serverRate('redis_commands_duration_seconds_total', 'arm, cmd')} / ` +
              `(${serverRate('redis_commands_total', 'arm, cmd')} > 0)`,
          ),
        ),
      timeseries('Clients', 'short')
        .good('constant; workers wait in a blocking command when there is nothing to do.')
        .otherwise('connected grows: connections are opened and not closed.')
        .with({ width: 5 })
        .show(
          serverGauge('sum', 'redis_connected_clients', 'connected'),
          dashed(serverGauge('sum', 'redis_blocked_clients', 'waiting for work')),
        ),
      timeseries('Memory, and keys thrown out', 'bytes')
        .good('flat; no key is ever thrown out (the legend’s second line stays at 0).')
        .otherwise(
          'a queue must never lose keys: set maxmemory-policy noeviction, or give it more.',
        )
        .with({ width: 5 })
        .show(
          serverGauge('sum', 'redis_memory_used_bytes', 'memory'),
          dashed(
            labelled(
              'arm',
              `sum by (arm) (increase(redis_evicted_keys_total{${servers}}[$__rate_interval]))`,
              'keys thrown out',
            ),
          ),
        ),
    ]),
  ],
}
