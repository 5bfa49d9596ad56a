import { type BoardEntry, row } from '../board.ts'
import { timeseries, tooHighFrom } from '../entries.ts'
import { arms, checkoutRoutes, dashed, gauge, mean, rate, within } from '../queries.ts'

const duration = 'stampede_http_request_duration_seconds'

export const orderFlow: BoardEntry = {
  uid: 'stampede-order-flow',
  title: 'Order flow',
  description: 'From the request to the paid order: how many, how long at each point, and on what.',
  arms: 'many',
  rows: [
    row(
      'Orders',
      8,
      timeseries(
        'Orders by what became of them',
        'ops',
        'paid follows placed closely; sold-out is a right answer, unknown is rare and goes away.',
        'unknown: the bank did not answer, recovery will ask it again; see Sagas below.',
        rate('arm, outcome', 'stampede_orders_total'),
      ),
      timeseries(
        'Answers by status',
        'reqps',
        '200, 201, 402 and 409 only: 402 and 409 are right answers of a sale.',
        '503 means lock contention or overload: look at the pool and the locks. 500 is a defect.',
        rate('arm, code', 'stampede_http_requests_total'),
      ),
      timeseries(
        'Requests being answered',
        'short',
        'a few; it rises and falls with the crowd.',
        'a line that only grows is a queue: more comes in than goes out.',
        gauge('sum', 'arm', 'stampede_http_requests_in_flight'),
      ),
    ),
    row(
      'Time',
      8,
      timeseries(
        'Checkout by route: 95 % are faster than',
        's',
        'under 0.5 s through the whole spike.',
        'see beside this at which point of the flow the time goes.',
        { thresholds: tooHighFrom(0.3, 0.5) },
        within(0.95, 'arm, route', duration, '', `${arms},${checkoutRoutes}`),
      ),
      timeseries(
        'Points of the flow: 95 % passed them within',
        's',
        'the points lie close together: no step stands out.',
        'the first point that is late names the step before it: order.stock.taken the row ' +
          'lock, order.written the ids, payment.collected the bank, effects.published the side ' +
          'effects.',
        within(0.95, 'arm, point', 'stampede_point_seconds'),
      ),
      timeseries(
        'Bank calls: 95 % are answered within',
        's',
        'as slow as the pretend bank is configured, in both arms alike.',
        'a fault on the bank is on, or its answers get lost: see the red bands.',
        within(0.95, 'arm, outcome', 'stampede_bank_call_duration_seconds'),
      ),
    ),
    row(
      'What it runs on',
      8,
      timeseries(
        'Connections in use, and how many there may be',
        'short',
        'well below the limit.',
        'at the limit everything else waits: transactions are held open too long.',
        gauge('sum', 'arm, job', 'stampede_pool_connections_in_use', 'in use'),
        dashed(gauge('sum', 'arm, job', 'stampede_pool_connections_limit', 'limit')),
      ),
      timeseries(
        'Borrowers that waited, and that gave up',
        'ops',
        'no waits, and never a give-up.',
        'give-ups are answered 503: shorten the transactions before you widen the pool.',
        rate('arm', 'stampede_pool_waits_total', 'waited'),
        dashed(rate('arm', 'stampede_pool_timeouts_total', 'gave up')),
      ),
      timeseries(
        'Mean wait for a connection, of those that waited',
        's',
        '0: no borrower waited.',
        'as long as a transaction, or longer: see beside this how many waited. A wait is ' +
          'counted when it ends.',
        { thresholds: tooHighFrom(0.1, 1) },
        mean('arm', 'stampede_pool_wait_seconds_total', 'stampede_pool_waits_total'),
      ),
      timeseries(
        'Longest stall of the event loop',
        's',
        'under 50 ms.',
        'the process is short of processor time: its latencies are its own, not the design’s.',
        { thresholds: tooHighFrom(0.05, 0.2) },
        gauge('max', 'arm, job', 'stampede_event_loop_lag_seconds'),
      ),
    ),
    row(
      'Recovery and processes',
      8,
      timeseries(
        'Sagas open, by status',
        'short',
        'a few in flight, none left when the crowd is gone. An arm without sagas has none.',
        'they pile up: the worker’s recovery is down, or the bank does not answer it.',
        gauge('max', 'arm, status', 'stampede_sagas_open'),
      ),
      timeseries(
        'Sagas that recovery ended',
        'ops',
        '0 unless something was killed or lost; then a short burst.',
        'a steady rate means that requests are cut off all the time: look at the timeouts.',
        rate('arm', 'stampede_sagas_recovered_total'),
      ),
      timeseries(
        'Processor cores used',
        'short',
        'under 1 for each process: each is one thread.',
        'at 1 the server itself is the limit: run more of them, or do less a request.',
        { thresholds: tooHighFrom(0.85, 1) },
        rate('arm, job', 'process_cpu_seconds_total'),
      ),
      timeseries(
        'Memory',
        'bytes',
        'flat after the warm-up.',
        'a line that grows through several blocks is a leak.',
        gauge('sum', 'arm, job', 'process_resident_memory_bytes', 'held'),
        dashed(gauge('sum', 'arm, job', 'nodejs_heap_size_used_bytes', 'heap')),
      ),
    ),
  ],
}
