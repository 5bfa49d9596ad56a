import { type BoardEntry, row } from '../board.ts'
import { timeseries, tooHighFrom } from '../entries.ts'
import {
  arms,
  checkoutRoutes,
  dashed,
  gauge,
  labelled,
  mean,
  moving,
  perSecond,
  rate,
  within,
} from '../queries.ts'

/** How much a counter of an arm's processes grows for each order that is paid. */
const perPaidOrder = (metric: string, what: string) => {
  const paid = perSecond('arm', 'stampede_orders_total', `${arms},outcome="paid"`)
  return labelled('arm', `${perSecond('arm', metric, arms)} / (${paid} > 0)`, what)
}

const duration = 'stampede_http_request_duration_seconds'

export const orderFlow: BoardEntry = {
  uid: 'stampede-order-flow',
  title: 'Order flow',
  description: 'From the request to the paid order: how many, how long at each point, and on what.',
  arms: 'many',
  rows: [
    row('Orders', 8, [
      timeseries('Orders by what became of them', 'ops')
        .good(
          'paid follows placed closely; sold-out is a right answer, unknown is rare and goes away.',
        )
        .otherwise('unknown: the bank did not answer, recovery will ask it again; see Sagas below.')
        .show(rate('arm, outcome', 'stampede_orders_total')),
      timeseries('Answers by status', 'reqps')
        .good('200, 201, 402 and 409 only: 402 and 409 are right answers of a sale.')
        .otherwise(
          '503 means lock contention or overload: look at the pool and the locks. 500 is a defect.',
        )
        .show(moving(rate('arm, code', 'stampede_http_requests_total'))),
      timeseries('Requests being answered', 'short')
        .good('a few; it rises and falls with the crowd.')
        .otherwise('a line that only grows is a queue: more comes in than goes out.')
        .show(gauge('sum', 'arm', 'stampede_http_requests_in_flight')),
    ]),
    row('Time', 8, [
      timeseries('Checkout by route: 95 % are faster than', 's', tooHighFrom(0.3, 0.5))
        .good('under 0.5 s through the whole spike.')
        .otherwise('see beside this at which point of the flow the time goes.')
        .show(within(0.95, 'arm, route', duration, '', `${arms},${checkoutRoutes}`)),
      timeseries('Points of the flow: 95 % passed them within', 's')
        .good('the points lie close together: no step stands out.')
        .otherwise(
          'the first point that is late names the step before it: order.stock.taken the row ' +
            'lock, order.written the ids, payment.collected the bank, effects.published the side ' +
            'effects.',
        )
        .show(within(0.95, 'arm, point', 'stampede_point_seconds')),
      timeseries('Bank calls: 95 % are answered within', 's')
        .good('as slow as the pretend bank is configured, in both arms alike.')
        .otherwise('a fault on the bank is on, or its answers get lost: see the red bands.')
        .show(within(0.95, 'arm, outcome', 'stampede_bank_call_duration_seconds')),
    ]),
    row('What it runs on', 8, [
      timeseries('Connections in use, and how many there may be', 'short')
        .good('well below the limit.')
        .otherwise('at the limit everything else waits: transactions are held open too long.')
        .show(
          gauge('sum', 'arm, job', 'stampede_pool_connections_in_use', 'in use'),
          dashed(gauge('sum', 'arm, job', 'stampede_pool_connections_limit', 'limit')),
        ),
      timeseries('Borrowers that waited, and that gave up', 'ops')
        .good('no waits, and never a give-up.')
        .otherwise('give-ups are answered 503: shorten the transactions before you widen the pool.')
        .show(
          rate('arm', 'stampede_pool_waits_total', 'waited'),
          dashed(rate('arm', 'stampede_pool_timeouts_total', 'gave up')),
        ),
      timeseries('Mean wait for a connection, of those that waited', 's', tooHighFrom(0.1, 1))
        .good('0: no borrower waited.')
        .otherwise(
          'as long as a transaction, or longer: see beside this how many waited. A wait is ' +
            'counted when it ends.',
        )
        .show(mean('arm', 'stampede_pool_wait_seconds_total', 'stampede_pool_waits_total')),
      timeseries('What the database is sent for each paid order', 'short')
        .good('flat, whatever the load: at most 24 statements for two items, worker included.')
        .otherwise(
          'it rises with refusals and retries, which cost and sell nothing; while none is paid ' +
            'there is no figure.',
        )
        .show(
          perPaidOrder('stampede_database_statements_total', 'statements'),
          perPaidOrder('stampede_database_round_trips_total', 'round trips'),
          perPaidOrder('stampede_database_transactions_total', 'transactions'),
        ),
      timeseries('Requests that share one statement', 'short')
        .good('1 at low load, and more with the crowd: requests that wait share the next one.')
        .otherwise(
          '1 under load: each request sends its own, so connections, not sharing, are the limit.',
        )
        .show(
          mean(
            'arm, work',
            'stampede_shared_statement_requests_sum',
            'stampede_shared_statement_requests_count',
          ),
        ),
      timeseries('Longest stall of the event loop', 's', tooHighFrom(0.05, 0.2))
        .good('under 50 ms.')
        .otherwise(
          'the process is short of processor time: its latencies are its own, not the design’s.',
        )
        .show(gauge('max', 'arm, job', 'stampede_event_loop_lag_seconds')),
    ]),
    row('Recovery and processes', 8, [
      timeseries('Sagas open, by status', 'short')
        .good('a few in flight, none left when the crowd is gone. An arm without sagas has none.')
        .otherwise('they pile up: the worker’s recovery is down, or the bank does not answer it.')
        .show(
          gauge('max', 'arm, status', 'stampede_sagas_open'),
          dashed(gauge('max', 'arm', 'stampede_sagas_stuck', 'stuck')),
        ),
      timeseries('Sagas that recovery ended', 'ops')
        .good('0 unless something was killed or lost; then a short burst.')
        .otherwise(
          'a steady rate means that requests are cut off all the time: look at the timeouts.',
        )
        .show(rate('arm', 'stampede_sagas_recovered_total')),
      timeseries('Processor cores used', 'short', tooHighFrom(0.85, 1))
        .good('under 1 for each process: each is one thread.')
        .otherwise('at 1 the server itself is the limit: run more of them, or do less a request.')
        .show(rate('arm, job', 'process_cpu_seconds_total')),
      timeseries('Memory', 'bytes')
        .good('flat after the warm-up.')
        .otherwise('a line that grows through several blocks is a leak.')
        .show(
          gauge('sum', 'arm, job', 'process_resident_memory_bytes', 'held'),
          dashed(gauge('sum', 'arm, job', 'nodejs_heap_size_used_bytes', 'heap')),
        ),
    ]),
  ],
}
