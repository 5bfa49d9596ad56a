import type { BoardEntry } from '../board.ts'
import { tooHighFrom } from '../panels.ts'
import { checkoutRoutes, orZero, perSecond, quantile, ratio } from '../queries.ts'

const arms = 'arm=~"$arm"'
const duration = 'stampede_http_request_duration_seconds'

export const orderFlow: BoardEntry = {
  uid: 'stampede-order-flow',
  title: 'Order flow',
  description: 'From the request to the paid order: how many, how long at each point, and on what.',
  arms: 'many',
  rows: [
    {
      title: 'Orders',
      height: 8,
      panels: [
        {
          kind: 'timeseries',
          title: 'Orders by what became of them',
          unit: 'ops',
          good:
            'paid follows placed closely; sold-out is a right answer, unknown is rare ' +
            'and goes away.',
          otherwise:
            'unknown: the bank did not answer, recovery will ask it again; see Sagas below.',
          queries: [
            {
              expr: perSecond('arm, outcome', 'stampede_orders_total', arms),
              legend: '{{arm}} {{outcome}}',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Answers by status',
          unit: 'reqps',
          good: '200, 201, 402 and 409 only: 402 and 409 are right answers of a sale.',
          otherwise:
            '503 says lock trouble or overload: look at the pool and the locks. 500 is a defect.',
          queries: [
            {
              expr: perSecond('arm, code', 'stampede_http_requests_total', arms),
              legend: '{{arm}} {{code}}',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Requests being answered',
          unit: 'short',
          good: 'a few; it rises and falls with the crowd.',
          otherwise: 'a line that only climbs is a queue: more comes in than goes out.',
          queries: [
            {
              expr: `sum by (arm) (stampede_http_requests_in_flight{${arms}})`,
              legend: '{{arm}}',
            },
          ],
        },
      ],
    },
    {
      title: 'Time',
      height: 8,
      panels: [
        {
          kind: 'timeseries',
          title: 'Checkout by route: 95 % are faster than',
          unit: 's',
          good: 'under 0.5 s through the whole spike.',
          otherwise: 'see beside this at which point of the flow the time goes.',
          thresholds: tooHighFrom(0.3, 0.5),
          queries: [
            {
              expr: quantile(0.95, 'arm, route', duration, `${arms},${checkoutRoutes}`),
              legend: '{{arm}} {{route}}',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Points of the flow: 95 % passed them within',
          unit: 's',
          good: 'the points lie close together: no step stands out.',
          otherwise:
            'the first point that is late names the step before it: ' +
            'order.stock.taken the row lock, ' +
            'order.written the ids, payment.collected the bank, effects.published ' +
            'the side effects.',
          queries: [
            {
              expr: quantile(0.95, 'arm, point', 'stampede_point_seconds', arms),
              legend: '{{arm}} {{point}}',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Bank calls: 95 % are answered within',
          unit: 's',
          good: 'as slow as the pretend bank is told to be, in both arms alike.',
          otherwise: 'a fault on the bank is on, or its answers get lost: see the red bands.',
          queries: [
            {
              expr: quantile(0.95, 'arm, outcome', 'stampede_bank_call_duration_seconds', arms),
              legend: '{{arm}} {{outcome}}',
            },
          ],
        },
      ],
    },
    {
      title: 'What it runs on',
      height: 8,
      panels: [
        {
          kind: 'timeseries',
          title: 'Connections in use, and how many there may be',
          unit: 'short',
          good: 'well below the limit.',
          otherwise: 'at the limit everybody else waits: transactions are held open too long.',
          queries: [
            {
              expr: `sum by (arm, job) (stampede_pool_connections_in_use{${arms}})`,
              legend: '{{arm}} {{job}} in use',
            },
            {
              expr: `sum by (arm, job) (stampede_pool_connections_limit{${arms}})`,
              legend: '{{arm}} {{job}} limit',
              dashed: true,
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Borrowers that waited, and that gave up',
          unit: 'ops',
          good: 'no waits, and never a give-up.',
          otherwise:
            'give-ups are answered 503: shorten the transactions before you widen the pool.',
          queries: [
            {
              expr: perSecond('arm', 'stampede_pool_waits_total', arms),
              legend: '{{arm}} waited',
            },
            {
              expr: perSecond('arm', 'stampede_pool_timeouts_total', arms),
              legend: '{{arm}} gave up',
              dashed: true,
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Mean wait for a connection, of those that waited',
          unit: 's',
          good: '0: nobody waited.',
          otherwise:
            'as long as a transaction, or longer: see beside this how many waited. A ' +
            'wait is counted ' +
            'when it ends.',
          thresholds: tooHighFrom(0.1, 1),
          queries: [
            {
              expr: orZero(
                ratio(
                  'arm',
                  ['stampede_pool_wait_seconds_total', 'stampede_pool_waits_total'],
                  arms,
                ),
                perSecond('arm', 'stampede_pool_waits_total', arms),
              ),
              legend: '{{arm}}',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Longest stall of the event loop',
          unit: 's',
          good: 'under 50 ms.',
          otherwise:
            'the process is short of processor time: its latencies are its own, not the design’s.',
          thresholds: tooHighFrom(0.05, 0.2),
          queries: [
            {
              expr: `max by (arm, job) (stampede_event_loop_lag_seconds{${arms}})`,
              legend: '{{arm}} {{job}}',
            },
          ],
        },
      ],
    },
    {
      title: 'Recovery and processes',
      height: 8,
      panels: [
        {
          kind: 'timeseries',
          title: 'Sagas open, by status',
          unit: 'short',
          good: 'a few in flight, none left when the crowd is gone. An arm without sagas has none.',
          otherwise: 'they pile up: the worker’s recovery is down, or the bank does not answer it.',
          queries: [
            {
              expr: `max by (arm, status) (stampede_sagas_open{${arms}})`,
              legend: '{{arm}} {{status}}',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Sagas that recovery ended',
          unit: 'ops',
          good: '0 unless something was killed or lost; then a short burst.',
          otherwise:
            'a steady rate means that requests are cut off all the time: look at the timeouts.',
          queries: [
            {
              expr: perSecond('arm', 'stampede_sagas_recovered_total', arms),
              legend: '{{arm}}',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Processor cores used',
          unit: 'short',
          good: 'under 1 for each process: each is one thread.',
          otherwise: 'at 1 the server itself is the limit: run more of them, or do less a request.',
          thresholds: tooHighFrom(0.85, 1),
          queries: [
            {
              expr: perSecond('arm, job', 'process_cpu_seconds_total', arms),
              legend: '{{arm}} {{job}}',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Memory',
          unit: 'bytes',
          good: 'flat after the warm-up.',
          otherwise: 'a line that climbs through several blocks is a leak.',
          queries: [
            {
              expr: `sum by (arm, job) (process_resident_memory_bytes{${arms}})`,
              legend: '{{arm}} {{job}} held',
            },
            {
              expr: `sum by (arm, job) (nodejs_heap_size_used_bytes{${arms}})`,
              legend: '{{arm}} {{job}} heap',
              dashed: true,
            },
          ],
        },
      ],
    },
  ],
}
