import type { BoardEntry } from '../board.ts'
import { optionPanel } from '../option-panel.ts'
import { tooHighFrom, tooLowBelow } from '../panels.ts'
import { perSecond, quantile } from '../queries.ts'

const arms = 'arm=~"$arm"'

export const effects: BoardEntry = {
  uid: 'stampede-effects',
  title: 'Effects and outbox',
  description:
    'What follows a payment: messages, ranking, data platform. Late is bad, lost is worse.',
  arms: 'many',
  rows: [
    {
      title: 'Is anything late?',
      height: 8,
      panels: [
        {
          kind: 'timeseries',
          title: 'Oldest row in the outbox',
          unit: 's',
          good: 'under a second. An arm with effects=inline has no outbox and stays at 0.',
          otherwise: 'the relay is down or cannot keep up: docs/how-to/runbooks/outbox-lag.md.',
          thresholds: tooHighFrom(2, 10),
          queries: [
            {
              expr: `max by (arm) (stampede_outbox_oldest_seconds{${arms}})`,
              legend: '{{arm}}',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Rows in the outbox',
          unit: 'short',
          good: 'back to 0 within seconds after the peak.',
          otherwise: 'climbs while the crowd is gone: nobody takes them out.',
          queries: [{ expr: `max by (arm) (stampede_outbox_pending{${arms}})`, legend: '{{arm}}' }],
        },
        {
          kind: 'timeseries',
          title: 'Jobs in the queue, by state',
          unit: 'short',
          good: 'near 0: the relay makes first tries itself, here is what is left over or failed.',
          otherwise: 'waiting with none active: the worker is gone. failed: read its log.',
          queries: [
            {
              expr: `max by (arm, state) (stampede_queue_jobs{${arms}})`,
              legend: '{{arm}} {{state}}',
            },
          ],
        },
      ],
    },
    {
      title: 'Are they done, and once?',
      height: 8,
      panels: [
        {
          kind: 'timeseries',
          title: 'Effects applied',
          unit: 'ops',
          good: 'a fixed multiple of orders paid, seconds behind them.',
          otherwise: 'less than comes in: see what each handler takes, beside this.',
          queries: [
            { expr: perSecond('arm', 'stampede_effects_done_total', arms), legend: '{{arm}}' },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Failed and tried again, and given up',
          unit: 'ops',
          good: 'none; some while a partner is down.',
          otherwise:
            'given up is lost until somebody queues it again by hand: look in the worker’s log.',
          queries: [
            {
              expr: perSecond('arm', 'stampede_effects_retried_total', arms),
              legend: '{{arm}} again',
            },
            {
              expr: perSecond('arm', 'stampede_effects_dead_total', arms),
              legend: '{{arm}} given up',
              dashed: true,
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Handlers: 95 % take less than',
          unit: 's',
          good: 'milliseconds.',
          otherwise:
            'one handler stands out: its partner is slow, and it holds a place in the worker.',
          thresholds: tooHighFrom(0.5, 2),
          queries: [
            {
              expr: quantile(0.95, 'arm, handler', 'stampede_effect_duration_seconds', arms),
              legend: '{{arm}} {{handler}}',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'From the commit until an effect is done: 99 %',
          unit: 's',
          good: 'below 0.02: the relay is woken by the commit, the first try is made at once.',
          otherwise:
            'towards 0.05 it only polls (Redis is away); beyond, more is paid than it can do.',
          thresholds: tooHighFrom(0.05, 1),
          queries: [
            {
              expr: quantile(0.99, 'arm, handler', 'stampede_effect_lag_seconds', arms),
              legend: '{{arm}} {{handler}}',
            },
          ],
        },
      ],
    },
    {
      title: 'In the memory of the processes: effects=after-commit',
      height: 7,
      panels: [
        optionPanel('effects', 'Effects happen'),
        {
          kind: 'timeseries',
          title: 'Effects in memory',
          unit: 'short',
          good: '0 unless effects=after-commit; then a few, and 0 soon after the peak.',
          otherwise: 'all of it is lost if the process dies now. At 10,000 payments are refused.',
          thresholds: tooHighFrom(100, 1000),
          queries: [
            {
              expr: `sum by (arm, job) (stampede_effects_in_memory{${arms}})`,
              legend: '{{arm}} {{job}}',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Effects in memory, by what came of a try',
          unit: 'ops',
          good: 'done keeps up with the payments.',
          otherwise: 'dead: tried three times and forgotten; nothing can queue it again.',
          queries: [
            {
              expr: perSecond('arm, outcome', 'stampede_memory_effects_total', arms),
              legend: '{{arm}} {{outcome}}',
            },
          ],
        },
      ],
    },
    {
      title: 'Redis, which both arms share',
      height: 8,
      panels: [
        {
          kind: 'stat',
          title: 'Redis',
          unit: 'none',
          width: 4,
          good: 'up, and nothing evicted.',
          otherwise: 'down: sales go on, effects wait in the outbox until it is back.',
          queries: [{ expr: 'min(redis_up)', legend: 'Redis' }],
          thresholds: tooLowBelow(1, 1),
          readings: {
            '1': { text: 'up', color: 'green' },
            '0': { text: 'down', color: 'red' },
          },
        },
        {
          kind: 'timeseries',
          title: 'Commands',
          unit: 'ops',
          width: 5,
          good: 'follows the effects.',
          otherwise: 'high with no effects: something polls.',
          queries: [
            {
              expr: 'sum(rate(redis_commands_processed_total[$__rate_interval]))',
              legend: 'commands',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Mean time of a command, by name',
          unit: 's',
          width: 5,
          good: 'microseconds.',
          otherwise: 'one command stands out: Redis is one thread, so all others wait for it.',
          thresholds: tooHighFrom(0.001, 0.01),
          queries: [
            {
              expr:
                'sum by (cmd) (rate(redis_commands_duration_seconds_total[$__rate_interval])) / ' +
                '(sum by (cmd) (rate(redis_commands_total[$__rate_interval])) > 0)',
              legend: '{{cmd}}',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Clients',
          unit: 'short',
          width: 5,
          good: 'constant; workers wait in a blocking command when there is nothing to do.',
          otherwise: 'connected climbs: connections are opened and not closed.',
          queries: [
            { expr: 'sum(redis_connected_clients)', legend: 'connected' },
            { expr: 'sum(redis_blocked_clients)', legend: 'waiting for work', dashed: true },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Memory, and keys thrown out',
          unit: 'bytes',
          width: 5,
          good: 'flat; no key is ever thrown out (the legend’s second line stays at 0).',
          otherwise:
            'a queue must never lose keys: set maxmemory-policy noeviction, or give it more.',
          queries: [
            { expr: 'sum(redis_memory_used_bytes)', legend: 'memory' },
            {
              expr: 'sum(increase(redis_evicted_keys_total[$__rate_interval]))',
              legend: 'keys thrown out',
              dashed: true,
            },
          ],
        },
      ],
    },
  ],
}
