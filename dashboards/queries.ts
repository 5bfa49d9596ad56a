import type { Query } from './entries.ts'

/** PromQL that more than one panel uses. Matchers are the inside of `{…}`. */

/** The arms that are chosen above the board. */
export const arms = 'arm=~"$arm"'

/** A query with the name of its series. */
export const query = (expr: string, legend: string): Query => ({ expr, legend })

/** The same, drawn thin and dashed: a limit, a comparison. */
export const dashed = ({ expr, legend }: Query): Query => ({ expr, legend, dashed: true })

/** Series named by the labels they are grouped by (`'arm, route'`), and by what they are. */
export const labelled = (by: string, expr: string, what = ''): Query => {
  const labels = by.split(', ').map((label) => `{{${label}}}`)
  return { expr, legend: [...labels, ...(what === '' ? [] : [what])].join(' ') }
}

/** A counter's growth per second by labels, for the chosen arms unless `matchers` say otherwise. */
export const rate = (by: string, metric: string, what = '', matchers: string = arms): Query =>
  labelled(by, perSecond(by, metric, matchers), what)

/** The same where it is above 0: of many series that are all there at 0, those that move. */
export const moving = ({ expr, ...rest }: Query): Query => ({ ...rest, expr: `${expr} > 0` })

/** A gauge by labels. */
export const gauge = (how: 'sum' | 'max' | 'min', by: string, metric: string, what = ''): Query =>
  labelled(by, `${how} by (${by}) (${metric}{${arms}})`, what)

/** The time within which a share of what was measured by a classic histogram stayed. */
export const within = (
  share: number,
  by: string,
  histogram: string,
  what = '',
  matchers: string = arms,
): Query => labelled(by, quantile(share, by, histogram, matchers), what)

/** The same of a native histogram. */
export const nativeWithin: typeof within = (share, by, histogram, what = '', matchers = arms) =>
  labelled(by, `histogram_quantile(${share}, ${perSecond(by, histogram, matchers)}) >= 0`, what)

/** The same, and 0 while nothing is measured. */
export const withinOrZero = (share: number, by: string, histogram: string, matchers = arms) => {
  const counted = perSecond(by, `${histogram}_count`, matchers)
  return labelled(by, orZero(quantile(share, by, histogram, matchers), counted))
}

/** How much one counter grows for each step of another; nothing where that one stands still. */
export const per = (by: string, above: string, below: string, matchers: string = arms): Query =>
  labelled(by, ratio(by, [above, below], matchers))

/** What one counter sums up for each that another one counts; 0 while neither moves. */
export const mean = (by: string, sum: string, count: string): Query =>
  labelled(by, orZero(ratio(by, [sum, count], arms), perSecond(by, count, arms)))

/** Database and Redis of the chosen arms, and those that all arms share: they have no arm. */
export const servers = 'arm=~"$arm|"'

/** What a server counts, per second, by arm unless `by` says otherwise. */
export const serverRate = (metric: string, by = 'arm', matchers = servers) =>
  perSecond(by, metric, matchers)

/** What a server has now, by arm. */
export const serverGauge = (how: 'sum' | 'max' | 'min', metric: string, what: string): Query =>
  labelled('arm', `${how} by (arm) (${metric}{${servers}})`, what)

/** A counter's growth per second, summed by labels (`'arm, route'`). */
export const perSecond = (by: string, metric: string, matchers: string) =>
  `sum by (${by}) (rate(${metric}{${matchers}}[$__rate_interval]))`

/** A quantile of a classic histogram over the rate interval; nothing where nothing was counted. */
export const quantile = (share: number, by: string, histogram: string, matchers: string) =>
  `histogram_quantile(${share}, ${perSecond(`le, ${by}`, `${histogram}_bucket`, matchers)}) >= 0`

/** Quotient of two sums of rates by the same labels: nothing where the divisor did not move. */
export const ratio = (by: string, [above, below]: [string, string], matchers: string) =>
  `${perSecond(by, above, matchers)} / (${perSecond(by, below, matchers)} > 0)`

/** A value, and 0 where only the other one is there: a counter that nothing has moved yet. */
export const orZero = (value: string, there: string) => `${value} or 0 * ${there}`

/** Of all requests that asked for admission the share refused; 0 where none was, or came. */
export const refusedShare = (by: string, matchers: string) => {
  const [refused, admitted] = ['refused', 'admitted'].map((what) =>
    perSecond(by, `stampede_admission_${what}_total`, matchers),
  )
  return orZero(`${refused} / (${refused} + ${admitted} > 0)`, `${refused}`)
}

/** Checkout, where a sale is made or lost. */
export const checkoutRoutes = 'route=~"orders.create|payments.create"'

/**
 * A gauge of the database of an arm. That of a database that all arms share is the arm’s while one
 * of its blocks runs.
 */
export const ofDatabase = (arm: string, metric: string) =>
  `sum by (arm) (${metric}{arm="${arm}"}) or sum(${metric}{arm=""}) * on () group_right ()` +
  ` max by (arm) (stampede_block_active{run="$run", arm="${arm}"} == 1)`

const recordedBlocks = (arm: string, series: string) =>
  `last_over_time(stampede_block_second:${series}{run="$run", arm="${arm}"}[4h] @ end() offset -2h)`

/**
 * What an arm’s blocks of the run had, at the median, at the same second since their crowd came as
 * the block that runs at this moment. The range (two hours either side of the view’s end) is read
 * once a query: `@ end()` makes it independent of the step. Where both arms run at once, the second
 * is that of the block that began first.
 */
export const sameSecond = (arm: string, series: string) =>
  `max by (arm) (quantile by (arm, second) (0.5, ${recordedBlocks(arm, series)})` +
  ' * on (second) group_left ()' +
  ' count_values("second", max(stampede_block_second:current{run="$run"})))'

/** Mean over every second of every block of an arm. */
export const overBlocks = (arm: string, series: string) =>
  `avg by (arm) (${recordedBlocks(arm, series)})`

/** The options in force at the end of the range, arms that have stopped by then included. */
export const designs = (by: string, labels: string): string =>
  `max by (${by}) (last_over_time(stampede_design_info{${labels}}[$__range])) == 1`
