import type { BoardEntry } from '../board.ts'
import { tooHighFrom } from '../panels.ts'
import { nativeQuantile, orZero, perSecond, quantile, ratio } from '../queries.ts'

const crowd = 'run="$run", arm=~"$arm"'

export const generator: BoardEntry = {
  uid: 'stampede-generator',
  title: 'The load generator itself',
  description:
    'Whether the crowd was really sent. A generator that is short of breath flatters the shop.',
  arms: 'many',
  rows: [
    {
      title: 'Was the crowd sent?',
      height: 8,
      panels: [
        {
          kind: 'timeseries',
          title: 'Customers that could not be started',
          unit: 'ops',
          good: '0. From 1 % on no claim about speed is made.',
          otherwise: 'the generator has no free place or no processor time: send a smaller crowd.',
          thresholds: tooHighFrom(0.1, 1),
          queries: [
            {
              // k6 has no such series until it drops one.
              expr: orZero(
                perSecond('arm', 'k6_dropped_iterations_total', crowd),
                `sum by (arm) (k6_vus{${crowd}})`,
              ),
              legend: '{{arm}} dropped',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Customers by how their visit ended',
          unit: 'ops',
          good: 'bought follows the curve of the crowd; sold-out and declined are right answers.',
          otherwise: 'failed or unknown: see in Order flow what the server answered.',
          queries: [
            {
              expr: perSecond('arm, outcome', 'k6_stampede_journeys_total', crowd),
              legend: '{{arm}} {{outcome}}',
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Customers under way (k6: held ready)',
          unit: 'short',
          good: 'rises and falls with the crowd.',
          otherwise: 'at its ceiling: the next ones are dropped, see the first panel.',
          queries: [{ expr: `sum by (arm) (k6_vus{${crowd}})`, legend: '{{arm}}' }],
        },
      ],
    },
    {
      title: 'Did both sides see the same?',
      height: 8,
      panels: [
        {
          kind: 'timeseries',
          title: 'Time to answer, 95 %: as customers saw it, and as the server did',
          unit: 's',
          good: 'the two lie close together.',
          otherwise:
            'customers saw more: requests waited before the server took them up (its event loop ' +
            'stalled), or the generator itself was late.',
          queries: [
            {
              expr: nativeQuantile(0.95, 'arm', 'k6_http_req_duration_seconds', crowd),
              legend: '{{arm}} customers',
            },
            {
              expr: quantile(
                0.95,
                'arm',
                'stampede_http_request_duration_seconds',
                'arm=~"$arm",route!~"healthz|readyz|other"',
              ),
              legend: '{{arm}} server',
              dashed: true,
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Requests: sent, and answered',
          unit: 'reqps',
          good: 'the two lie on each other.',
          otherwise:
            'sent but not answered: they time out at the customer, or never got a connection.',
          queries: [
            { expr: perSecond('arm', 'k6_http_reqs_total', crowd), legend: '{{arm}} sent' },
            {
              expr: perSecond(
                'arm',
                'stampede_http_requests_total',
                'arm=~"$arm",route!~"healthz|readyz|other"',
              ),
              legend: '{{arm}} answered',
              dashed: true,
            },
          ],
        },
        {
          kind: 'timeseries',
          title: 'Checkout as customers saw it',
          unit: 's',
          good: '95 % under a second, all tries and pauses between them included.',
          otherwise: 'much more than the server’s own time: customers had to try again.',
          queries: [
            {
              expr: nativeQuantile(0.5, 'arm', 'k6_stampede_checkout_seconds', crowd),
              legend: '{{arm}} half',
            },
            {
              expr: nativeQuantile(0.95, 'arm', 'k6_stampede_checkout_seconds', crowd),
              legend: '{{arm}} 95 %',
              dashed: true,
            },
          ],
        },
      ],
    },
    {
      title: 'What they did',
      height: 7,
      panels: [
        {
          kind: 'timeseries',
          title: 'Requests for one thing wanted, as customers counted',
          unit: 'short',
          good: 'close to 1, and the same as the server counts.',
          otherwise: 'higher than the server counts: requests got lost on the way.',
          thresholds: tooHighFrom(1.5, 2),
          queries: [
            {
              expr: ratio(
                'arm',
                ['k6_stampede_attempts_total', 'k6_stampede_intents_total'],
                crowd,
              ),
              legend: '{{arm}}',
            },
          ],
        },
        {
          kind: 'table',
          title: 'The run',
          unit: 'none',
          good: 'scenario, driver and seed are those that you asked for.',
          otherwise: 'another run is selected: see the variables above.',
          queries: [
            {
              expr:
                'max by (run, scenario, driver, seed) ' +
                '(last_over_time(stampede_run_info{run="$run"}[4h]))',
              legend: '{{run}}',
            },
          ],
          columns: {
            run: 'Run',
            scenario: 'Scenario',
            driver: 'Driver',
            seed: 'Seed',
            Value: 'Runs',
          },
          readings: { '1': { text: 'yes', color: 'green' }, '0': { text: 'over', color: 'text' } },
        },
        {
          kind: 'table',
          title: 'When each block’s crowd came',
          unit: 'dateTimeAsIso',
          good: 'the arms take turns.',
          otherwise: 'an arm twice in a row: a block failed, see the report of the run.',
          queries: [
            {
              expr:
                'max by (block, arm) (last_over_time(' +
                'stampede_block_start_timestamp_seconds{run="$run", arm=~"$arm"}[4h])) * 1000',
              legend: '{{block}} {{arm}}',
            },
          ],
          columns: { block: 'Block', arm: 'Arm', Value: 'Began' },
        },
      ],
    },
  ],
}
