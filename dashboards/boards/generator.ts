import { type BoardEntry, row } from '../board.ts'
import { table, timeseries, tooHighFrom } from '../entries.ts'
import { dashed, nativeWithin, orZero, per, perSecond, query, rate, within } from '../queries.ts'

const crowd = 'run="$run", arm=~"$arm"'
/** What the crowd asks for. */
const asked = 'arm=~"$arm",route!~"healthz|readyz|other"'
const serverSeconds = 'stampede_http_request_duration_seconds'

export const generator: BoardEntry = {
  uid: 'stampede-generator',
  title: 'The load generator itself',
  description:
    'Whether the crowd was really sent. A generator that is short of breath flatters the shop.',
  arms: 'many',
  rows: [
    row('Was the crowd sent?', 8, [
      timeseries('Customers that could not be started', 'ops', tooHighFrom(0.1, 1))
        .good('0. From 1 % on no claim about speed is made.')
        .otherwise('the generator has no free place or no processor time: send a smaller crowd.')
        .show(
          // k6 has no such series until it drops one.
          query(
            orZero(
              perSecond('arm', 'k6_dropped_iterations_total', crowd),
              `sum by (arm) (k6_vus{${crowd}})`,
            ),
            '{{arm}} dropped',
          ),
        ),
      timeseries('Customers by how their visit ended', 'ops')
        .good('bought follows the curve of the crowd; sold-out and declined are right answers.')
        .otherwise('failed or unknown: see in Order flow what the server answered.')
        .show(rate('arm, outcome', 'k6_stampede_journeys_total', '', crowd)),
      timeseries('Customers under way (k6: held ready)', 'short')
        .good('rises and falls with the crowd.')
        .otherwise('at its ceiling: the next ones are dropped, see the first panel.')
        .show(query(`sum by (arm) (k6_vus{${crowd}})`, '{{arm}}')),
    ]),
    row('Did both sides see the same?', 8, [
      timeseries('Time to answer, 95 %: as customers saw it, and as the server did', 's')
        .good('the two lie close together.')
        .otherwise(
          'customers saw more: requests waited before the server took them up (its event loop ' +
            'stalled), or the generator itself was late.',
        )
        .show(
          nativeWithin(0.95, 'arm', 'k6_http_req_duration_seconds', 'customers', crowd),
          dashed(within(0.95, 'arm', serverSeconds, 'server', asked)),
        ),
      timeseries('Requests: sent, and answered', 'reqps')
        .good('the two lie on each other.')
        .otherwise(
          'sent but not answered: they time out at the customer, or never got a connection.',
        )
        .show(
          rate('arm', 'k6_http_reqs_total', 'sent', crowd),
          dashed(rate('arm', 'stampede_http_requests_total', 'answered', asked)),
        ),
      timeseries('Checkout as customers saw it', 's')
        .good('95 % under a second, all tries and pauses between them included.')
        .otherwise('much more than the server’s own time: customers had to try again.')
        .show(
          nativeWithin(0.5, 'arm', 'k6_stampede_checkout_seconds', 'half', crowd),
          dashed(nativeWithin(0.95, 'arm', 'k6_stampede_checkout_seconds', '95 %', crowd)),
        ),
    ]),
    row('What they did', 7, [
      timeseries(
        'Requests for one thing wanted, as customers counted',
        'short',
        tooHighFrom(1.5, 2),
      )
        .good('close to 1, and the same as the server counts.')
        .otherwise('higher than the server counts: requests got lost on the way.')
        .show(per('arm', 'k6_stampede_attempts_total', 'k6_stampede_intents_total', crowd)),
      table('The run', 'none')
        .good('scenario, driver and seed are those that you asked for.')
        .otherwise('another run is selected: see the variables above.')
        .with({
          columns: {
            run: 'Run',
            scenario: 'Scenario',
            driver: 'Driver',
            seed: 'Seed',
            Value: 'Runs',
          },
          readings: { '1': { text: 'yes', color: 'green' }, '0': { text: 'over', color: 'text' } },
        })
        .show(
          query(
            'max by (run, scenario, driver, seed) ' +
              '(last_over_time(stampede_run_info{run="$run"}[4h]))',
            '{{run}}',
          ),
        ),
      table('When each block’s crowd came', 'dateTimeAsIso')
        .good('the arms take turns.')
        .otherwise('an arm twice in a row: a block failed, see the report of the run.')
        .with({ columns: { block: 'Block', arm: 'Arm', Value: 'Began' } })
        .show(
          query(
            'max by (block, arm) ' +
              '(last_over_time(stampede_block_start_timestamp_seconds{run="$run", ' +
              'arm=~"$arm"}[4h])) * 1000',
            '{{block}} {{arm}}',
          ),
        ),
    ]),
  ],
}
