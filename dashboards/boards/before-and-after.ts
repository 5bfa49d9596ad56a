import { type BoardEntry, row } from '../board.ts'
import {
  colors,
  type PanelEntry,
  type Query,
  stat,
  type Threshold,
  table,
  timeseries,
  tooHighFrom,
} from '../entries.ts'
import {
  checkoutRoutes,
  dashed,
  ofDatabase,
  orZero,
  overBlocks,
  perSecond,
  quantile,
  query,
  ratio,
  sameSecond,
} from '../queries.ts'

const arms = ['before', 'after'] as const
type Arm = (typeof arms)[number]
const other = { before: 'after', after: 'before' } as const

const aligned =
  'The dashed line is the other arm: arms run one after the other, so at each second since the ' +
  'running block’s crowd came it shows what the other arm had at the same second, as the ' +
  'median over all its blocks of this run (recorded second by second, each looking back 5 s). ' +
  'It is drawn only where a block runs. With both arms up side by side they share the machine: ' +
  'good to look at, no basis for a verdict.'

/** A question that both arms answer: live, recorded by second, and once for the whole run. */
interface Question {
  title: string
  unit: PanelEntry['unit']
  good: string
  otherwise: string
  live: (arm: Arm) => string
  /** What rules/blocks.yml records of it, without the prefix. */
  recorded: string
  thresholds?: Threshold[]
}

const served: Question = {
  title: 'orders paid per second',
  unit: 'ops',
  good: 'follows the crowd’s curve up and down, in both arms alike until one is overwhelmed.',
  otherwise: 'look one and two rows down: what the buyers wait for. Then open Order flow.',
  live: (arm) => perSecond('arm', 'stampede_orders_total', `arm="$${arm}",outcome="paid"`),
  recorded: 'paid:rate5s',
}

const failed: Question = {
  title: 'requests failed per second',
  unit: 'reqps',
  good: '0. Sold out and declined are right answers and do not count here.',
  otherwise:
    'the server gave up on buyers: locks or connections, see two rows down; or refused to ' +
    'admit them, see three.',
  live: (arm) =>
    orZero(
      perSecond('arm', 'stampede_http_requests_total', `arm="$${arm}",code=~"5.."`),
      perSecond('arm', 'stampede_http_requests_total', `arm="$${arm}"`),
    ),
  recorded: 'failed:rate5s',
  thresholds: tooHighFrom(0.5, 5),
}

const howLong: Question = {
  title: 'checkout, 95 % are faster than',
  unit: 's',
  good: 'under 0.5 s through the whole spike, and back within seconds after a fault.',
  otherwise: 'compare with the waiting below; what waits for nothing else waits for the processor.',
  live: (arm) => {
    const matchers = `arm="$${arm}",${checkoutRoutes}`
    return quantile(0.95, 'arm', 'stampede_http_request_duration_seconds', matchers)
  },
  recorded: 'checkout_seconds:p95_5s',
  thresholds: tooHighFrom(0.3, 0.5),
}

const rowLocks: Question = {
  title: 'transactions that wait for row locks',
  unit: 'short',
  good: 'near 0: no transaction queues for a row.',
  otherwise:
    'open InnoDB locks and deadlocks; the axes `stock` and `ids` decide which rows are hot.',
  live: (arm) => ofDatabase(`$${arm}`, 'mysql_global_status_innodb_row_lock_current_waits'),
  recorded: 'row_lock_waiters',
  thresholds: tooHighFrom(2, 5),
}

const pool: Question = {
  title: 'connections in use, of those there may be',
  unit: 'percentunit',
  good: 'well below 100 %: connections come back as fast as they are wanted.',
  otherwise:
    'at 100 % everything else waits. A transaction holds its connection too long: during a bank ' +
    'call (axis `transaction`), or while it waits for a row lock (beside this).',
  live: (arm) =>
    `max by (arm) (stampede_pool_connections_in_use{arm="$${arm}"}` +
    ` / stampede_pool_connections_limit{arm="$${arm}"})`,
  recorded: 'pool_used:ratio',
  thresholds: tooHighFrom(0.8, 1),
}

const retries: Question = {
  title: 'requests for one thing wanted',
  unit: 'short',
  good: 'close to 1: hardly any client has to ask twice.',
  otherwise: 'clients repeat what was slow or refused: open Chaos and clients.',
  live: (arm) => {
    const counters = ['stampede_client_attempts_total', 'stampede_client_intents_total'] as const
    return ratio('arm', [...counters], `arm="$${arm}"`)
  },
  recorded: 'attempts_per_intent:ratio5s',
  thresholds: tooHighFrom(1.5, 2),
}

const refused: Question = {
  title: 'requests refused by admission',
  unit: 'reqps',
  good: '0 until the shop is full. An early no costs next to nothing and says when to come back.',
  otherwise:
    'more come than can be served. Open Admission for their classes. What adaptive refuses is ' +
    'a 503 and counts as failed above. Always 0 with admission=open.',
  live: (arm) => perSecond('arm', 'stampede_admission_refused_total', `arm="$${arm}"`),
  recorded: 'refused:rate5s',
}

const inColour = (arm: Arm, { expr, legend, ...look }: Query): Query => {
  return { expr, legend, color: colors[arm], ...look }
}

/** One arm as it runs, and the other one as it did at the same second. */
const live = (arm: Arm, question: Question): PanelEntry => {
  const { title, unit, good, otherwise, recorded, thresholds } = question
  const compared = query(sameSecond(`$${other[arm]}`, recorded), '{{arm}} at the same second')
  return timeseries(`$${arm}: ${title}`, unit, thresholds)
    .good(good)
    .otherwise(`${otherwise}\n\n${aligned}`)
    .show(
      inColour(arm, query(question.live(arm), '{{arm}}, live')),
      inColour(other[arm], dashed(compared)),
    )
}

/** Both arms at the median of their blocks, second by second. */
const overlaid = ({ title, unit, good, otherwise, recorded, thresholds }: Question) =>
  timeseries(`Same second of the block: ${title}`, unit, thresholds)
    .good(good)
    .otherwise(
      `${otherwise}\n\nBoth lines are medians over all blocks of this run, each laid at the same ` +
        'second since its crowd came; the bands say which block gives this moment its second.',
    )
    .show(
      ...arms.map((arm) =>
        inColour(arm, query(sameSecond(`$${arm}`, recorded), '{{arm}}, median of its blocks')),
      ),
    )

const whole = (title: string, { unit, good, otherwise, recorded, thresholds }: Question) =>
  stat(title, unit, thresholds)
    .good(good)
    .otherwise(otherwise)
    .with({ decimals: 2, noValue: 'no block yet' })
    .show(...arms.map((arm) => query(overBlocks(`$${arm}`, recorded), '{{arm}}')))

const auditOf = (arm: Arm) =>
  `last_over_time(stampede_audit_verdict{run="$run", arm="$${arm}"}[4h])`

const brokenPromises = stat('Promises broken', 'none')
  .good('0 in both arms.')
  .otherwise('see the last row for which; a fast arm that is wrong has won nothing.')
  .with({ decimals: 0, thresholds: tooHighFrom(1, 1), noValue: 'not audited yet' })
  .show(
    ...arms.map((arm) =>
      query(`sum by (arm) (min by (arm, checker) (${auditOf(arm)}) == bool 0)`, '{{arm}}'),
    ),
  )

const verdicts = (arm: Arm): PanelEntry =>
  table(`$${arm}: is the data right?`, 'none')
    .good(
      'every line says true. The audit reads the database, the bank and the clients’ own record.',
    )
    .otherwise(
      'false is a broken promise: the report of the run names the first rows. unknown means that ' +
        'the audit could not be made, which is no pass.',
    )
    .with({
      columns: { checker: 'Promise', Value: 'Verdict' },
      readings: {
        '1': { text: 'true', color: colors.good },
        '0': { text: 'false', color: colors.bad },
        nan: { text: 'unknown', color: colors.warning },
      },
      noValue: 'not audited yet',
    })
    .show(query(`min by (checker) (${auditOf(arm)})`, '{{checker}}'))

const bothLive = (title: string, ...questions: Question[]) =>
  row(title, 5, [...arms.flatMap((arm) => questions.map((question) => live(arm, question)))])

export const beforeAndAfter: BoardEntry = {
  uid: 'stampede-before-after',
  title: 'Before and after',
  description: 'Two designs under the same crowd: one column an arm, one row a question.',
  arms: 'two',
  rows: [
    row('The run so far: mean over every second of every block', 3, [
      whole('Orders paid per second', served),
      whole('Checkout, 95 % are faster than', howLong),
      whole('Waiting for row locks', rowLocks),
      brokenPromises,
    ]),
    bothLive('Are buyers served?', served, failed),
    bothLive('How long does it take?', howLong),
    bothLive('Where do they wait?', rowLocks, pool),
    bothLive('What is refused, and what is tried again?', refused, retries),
    row('Is the data right?', 8, [...arms.map(verdicts)]),
    row('Both arms at the same second of their blocks', 7, [
      ...[served, failed, howLong].map(overlaid),
    ]),
    row('And what they wait for, at the same second', 7, [
      ...[rowLocks, pool, retries].map(overlaid),
    ]),
  ],
}
