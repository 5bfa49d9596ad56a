import { type BoardEntry, row } from '../board.ts'
import { colors, type Query, stateTimeline, text, timeseries, tooHighFrom } from '../entries.ts'
import {
  arms,
  dashed,
  gauge,
  labelled,
  mean,
  orZero,
  per,
  perSecond,
  query,
  rate,
  ratio,
  withinOrZero,
} from '../queries.ts'
import { optionPanel } from '../shared-panels.ts'

const events = (by: string, event: string) =>
  perSecond(by, 'stampede_coupons_total', `${arms},event="${event}"`)
const asking = `${arms},route="coupons.issue"`
const duration = 'stampede_http_request_duration_seconds'

/** Ends of the bands of a heat map, in seconds, as the histogram has them. */
const bandEnds = ['0.005', '0.025', '0.1', '0.5', '1', '2.5', '+Inf'] as const

/** Requests per second whose time lies in each band, the slowest on top. */
const bands = bandEnds
  .map((end, index): Query => {
    const upTo = (le: string) => perSecond('arm', `${duration}_bucket`, `${asking},le="${le}"`)
    const below = bandEnds[index - 1]
    const title = end === '+Inf' ? `over ${below} s` : `to ${end} s`
    return query(below ? `${upTo(end)} - ${upTo(below)}` : upTo(end), `{{arm}} ${title}`)
  })
  .toReversed()

/** From none to many requests per second. */
const heat = [
  { from: null, color: colors.idle },
  { from: 0.01, color: '#f2d49b' },
  { from: 5, color: '#f2a541' },
  { from: 50, color: '#d9480f' },
  { from: 500, color: '#8f1d14' },
]

export const coupons: BoardEntry = {
  uid: 'stampede-coupons',
  title: 'Coupons',
  description: 'How partners come by coupon numbers, and what it costs that they ask again.',
  arms: 'many',
  rows: [
    row('How numbers are issued', 6, [
      optionPanel('coupons', 'Numbers are issued by'),
      text(
        16,
        'A number is issued to one partner, once. Under **procedure** one statement ' +
          'does all, and reads the whole log for each coupon, the number marked; ' +
          '**application** sends the same queries one by one. **batched** issues for all that ' +
          'wait in one transaction.',
        'A crowd of buyers brings no partners: without them every rate here stays at 0.',
      ),
    ]),
    row('Are coupons issued?', 8, [
      timeseries('Coupons issued, and requests refused', 'ops')
        .good('issued is far above the rest.')
        .otherwise('pool-empty: fewer numbers are made than issued. failed: read the server’s log.')
        .show(rate('arm, event', 'stampede_coupons_total')),
      timeseries('A request for coupons: 95 % within', 's', tooHighFrom(0.1, 1))
        .good('milliseconds; 0 where no partner asks.')
        .otherwise('seconds under procedure: requests queue for the number that all have picked.')
        .show(withinOrZero(0.95, 'arm', duration, asking)),
    ]),
    row('Which requests are slow?', 9, [
      stateTimeline('Heat map of requests: time by elapsed', 'reqps', heat)
        .good('the low bands are warm, the high ones grey.')
        .otherwise(
          'a second band far above the first: some requests wait for something that others do ' +
            'not. Bands that rise: a queue grows.',
        )
        .with({ noValue: 'no partner asks', width: 24 })
        .show(...bands),
    ]),
    row('Which query is slow?', 8, [
      timeseries('SQL statements of one request', 'short')
        .good(
          'two under procedure, the key of the partner and the function; more where it is seen.',
        )
        .otherwise('grows under a crowd: each collision is another try.')
        .show(
          mean(
            'arm, route',
            'stampede_request_sql_statements_sum',
            'stampede_request_sql_statements_count',
          ),
        ),
      timeseries('SQL time of one request for coupons: 95 % within', 's', tooHighFrom(0.1, 1))
        .good('milliseconds, and less than the request takes.')
        .otherwise('as long as the request: the database is what it waits for.')
        .show(withinOrZero(0.95, 'arm', 'stampede_request_sql_seconds', asking)),
      timeseries('Mean time of a statement on coupons', 's', tooHighFrom(0.05, 0.5))
        .good('all of them milliseconds.')
        .otherwise(
          'under procedure only issue_coupons has a line; under application the slow query has ' +
            'one of its own: the sequence, read from coupon_issues.',
        )
        .show(
          labelled(
            'arm, statement',
            ratio(
              'arm, statement',
              ['stampede_sql_seconds_total', 'stampede_sql_statements_total'],
              `${arms},statement=~".*coupon.*"`,
            ),
          ),
        ),
    ]),
    row('Do partners ask again?', 8, [
      timeseries('Tries at the issuer for one request of a partner', 'short', tooHighFrom(1.2, 3))
        .good('1.')
        .otherwise(
          'the client between the servers tries again: an empty pool is no reason, and what is ' +
            'needs a back-off.',
        )
        .with({ noValue: 'no partner asks through the coupon gateway' })
        .show(per('arm', 'stampede_gateway_tries_total', 'stampede_gateway_requests_total')),
      timeseries('Requests and tries through the coupon gateway', 'ops')
        .good('answered is as large as the requests.')
        .otherwise('pool-empty: fill ahead. limited: partners come too often. silent: see the API.')
        .with({ noValue: 'no partner asks through the coupon gateway' })
        .show(
          rate('arm, outcome', 'stampede_gateway_tries_total', 'tries'),
          rate('arm', 'stampede_gateway_requests_total', 'requests'),
          rate('arm', 'stampede_gateway_limited_total', 'limited'),
        ),
    ]),
    row('Is the pool filled ahead?', 8, [
      timeseries('Free numbers', 'short')
        .good('above the low-water mark, but for moments.')
        .otherwise('at 0: numbers are made too slowly, or the worker stands still.')
        .show(
          gauge('max', 'arm, product', 'stampede_coupon_numbers_free', 'free'),
          dashed(gauge('max', 'arm, product', 'stampede_coupon_numbers_low_water', 'mark')),
        ),
      timeseries('Numbers made', 'ops')
        .good('follows what is issued; 0 while enough are free.')
        .otherwise('flat under a rush: it is at the limit of the worker’s setting.')
        .show(rate('arm', 'stampede_coupon_numbers_made_total')),
    ]),
    row('Do requests get in each other’s way?', 8, [
      timeseries('Collisions for one coupon issued', 'short', tooHighFrom(0.2, 1))
        .good('near 0.')
        .otherwise('grows with the requests at once: they pick the same number. Try batched.')
        .show(
          query(
            orZero(
              `${events('arm', 'collision')} / (${events('arm', 'issued')} > 0)`,
              events('arm', 'issued'),
            ),
            '{{arm}}',
          ),
        ),
      timeseries('Requests that share a transaction', 'short')
        .good('grows with the requests at once; 0 unless coupons=batched.')
        .otherwise('stays at 1 under a crowd: requests do not wait for each other, or come singly.')
        .show(mean('arm', 'stampede_coupon_merged_total', 'stampede_coupon_batches_total')),
    ]),
  ],
}
