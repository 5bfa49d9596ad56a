import { askingPanels, type Board } from '../../console/model/board-schema.ts'
import { intoQuery, referencesIn } from '../../console/model/interpolate.ts'
import type { LastValue } from '../../console/model/prometheus.ts'
import type { PrometheusClient } from '../../console/model/prometheus-client.ts'
import type { TimeRange } from '../../console/model/time-range.ts'
import { resolveVariables, valuesOf } from '../../console/model/variables.ts'
import { builtIns } from '../lint.ts'
import { readExpression } from '../promql.ts'
import { servers } from '../queries.ts'
import type { Rule } from '../rules.ts'
import { mayBeEmpty, mayBeEmptyInSpikes, oneArmOnly } from './allowed.ts'
import { type Answer, answerTo } from './prometheus.ts'

export type Verdict = 'data' | 'empty, allowed' | 'empty' | 'an arm is missing' | 'failed'

/** What one query of a panel, a variable, an annotation or a rule found. */
export interface Verified {
  board: string
  /** `Title / A`, `variable run`, `annotation Faults` or `rule NAME`. */
  panel: string
  /** As Prometheus was asked, variables filled in. */
  query: string
  series: number
  lastValue: string | null
  verdict: Verdict
  passed: boolean
  /** Why it is allowed, or what is wrong. */
  note: string
}

/** How far back a run is searched when no block says when it began. */
const lookbackMs = 4 * 3_600_000
const lookback = `${lookbackMs / 1000}s`
const spanMsMax = 3_600_000
const settledMs = 15_000
/** Prometheus refuses more than 11,000 points a series. */
const pointsMax = 3600

/** The first value of an answer as a number; NaN without one. */
async function numberAt(prometheus: PrometheusClient, query: string, atMs: number) {
  const answer = await answerTo(prometheus.instant(query, atMs))
  return 'series' in answer ? Number(answer.series[0]?.value ?? Number.NaN) : Number.NaN
}

/** A kept run ended long ago: what is asked of "now" must be asked of its end. Epoch ms. */
async function lastSampleMs(prometheus: PrometheusClient): Promise<number> {
  const nowMs = Math.floor(Date.now() / 1000) * 1000
  const last = `max(max_over_time(timestamp(stampede_run_info)[${lookback}:1s]))`
  const sampled = await numberAt(prometheus, last, nowMs)
  return Number.isFinite(sampled) ? Math.min(nowMs, Math.ceil(sampled) * 1000) : nowMs
}

/** Asks everything that the boards and the rules ask, one query after the other. */
export async function verifyAll(
  prometheus: PrometheusClient,
  boards: Board[],
  rules: Rule[],
): Promise<Verified[]> {
  const span = await spanOfBlocks(prometheus)
  const verified: Verified[] = []
  for (const board of boards) verified.push(...(await verifyBoard(prometheus, board, span)))
  for (const rule of rules) verified.push(...(await verifyRule(prometheus, rule, span)))
  return verified
}

/** From a little before the first block that Prometheus has until its last sample. */
async function spanOfBlocks(prometheus: PrometheusClient): Promise<TimeRange> {
  const toMs = await lastSampleMs(prometheus)
  const first = `min(min_over_time(stampede_block_start_timestamp_seconds[${lookback}]))`
  const began = await numberAt(prometheus, first, toMs)
  const fromMs = Number.isFinite(began)
    ? Math.floor(began) * 1000 - settledMs
    : toMs - spanMsMax / 4
  return { fromMs: Math.max(fromMs, toMs - spanMsMax), toMs }
}

function over(prometheus: PrometheusClient, query: string, span: TimeRange): Promise<Answer> {
  const seconds = Math.max(1, Math.ceil((span.toMs - span.fromMs) / 1000 / pointsMax))
  return answerTo(prometheus.range(query, span, seconds * 1000))
}

async function verifyBoard(prometheus: PrometheusClient, board: Board, span: TimeRange) {
  const { values, armsAsked, verified } = await askVariables(prometheus, board, span)
  const isSpike = values.get('run')?.values[0]?.startsWith('spike-') ?? false
  const filled = new Map([...values, ...builtIns])
  for (const { name, expr } of board.annotations) {
    const query = intoQuery(expr, filled)
    const answer = await over(prometheus, query, span)
    verified.push(judge({ board: board.title, panel: `annotation ${name}`, query, answer }))
  }
  for (const { title, targets } of askingPanels(board)) {
    for (const { expr, refId, instant } of targets) {
      const query = intoQuery(expr, filled)
      // A panel of instant queries is asked about the view’s end, as Grafana does.
      const answer = instant
        ? await answerTo(prometheus.instant(query, span.toMs))
        : await over(prometheus, query, span)
      const arms = referencesIn(expr).includes('arm') ? armsAsked : []
      const panel = `${title} / ${refId}`
      const mayBeShared = expr.includes(servers)
      const found = { board: board.title, panel, query, answer }
      verified.push(judge({ ...found, arms, mayBeShared, isSpike }))
    }
  }
  return verified
}

/** Fills in variables as the console does; `armsAsked` is what a query with `$arm` must find. */
async function askVariables(prometheus: PrometheusClient, board: Board, span: TimeRange) {
  const named = board.variables.flatMap((one): [string, string[]][] =>
    one.type === 'query' && typeof one.current.value === 'string'
      ? [[one.name, [one.current.value]]]
      : [],
  )
  const asked = new Map([['run', await latestRun(prometheus, span)], ...named])
  const resolved = await resolveVariables(board, asked, prometheus, span, 'All')
  const values = valuesOf(resolved)
  const verified = resolved.map(({ variable: { name, query }, options, unknownValue }) => {
    const answer =
      unknownValue === null
        ? { series: options.map((value) => ({ labels: {}, value })) }
        : { error: `has no '${unknownValue}' but ${options.join(', ') || 'nothing'}` }
    const panel = `variable ${name}`
    return judge({ board: board.title, panel, query: intoQuery(query, values), answer })
  })
  const armsAsked = resolved.find(({ variable }) => variable.name === 'arm')?.options ?? []
  return { values, armsAsked, verified }
}

/** The run whose block came last; none when no block is there. */
async function latestRun(prometheus: PrometheusClient, { toMs }: TimeRange): Promise<string[]> {
  const starts = `last_over_time(stampede_block_start_timestamp_seconds[${lookback}])`
  const latest = await answerTo(prometheus.instant(`topk(1, max by (run) (${starts}))`, toMs))
  return 'series' in latest ? latest.series.flatMap(({ labels }) => labels.run ?? []) : []
}

/** A recording must have recorded; an alert must have something to judge, fired or not. */
async function verifyRule(
  prometheus: PrometheusClient,
  rule: Rule,
  span: TimeRange,
): Promise<Verified[]> {
  const board = `rules/${rule.file}`
  const panel = `rule ${rule.name}`
  const whole = await over(prometheus, rule.expr, span)
  if (rule.record !== undefined || 'error' in whole) {
    const answer = 'error' in whole ? whole : await over(prometheus, rule.name, span)
    const verified = judge({ board, panel, query: rule.expr, answer })
    const hint = 'not recorded: start Prometheus with rule_files: dashboards/rules/*.yml'
    return [verified.verdict === 'empty' ? { ...verified, note: hint } : verified]
  }
  const verified: Verified[] = []
  const texts = new Set(readExpression(rule.expr).selectors.map(({ text }) => text))
  for (const query of texts) {
    verified.push(judge({ board, panel, query, answer: await over(prometheus, query, span) }))
  }
  return verified
}

interface Found {
  board: string
  panel: string
  query: string
  answer: Answer
  /** Arms that must all be among the series. */
  arms?: string[]
  /** Or series without an arm: of a server that they share. */
  mayBeShared?: boolean
  isSpike?: boolean
}

function judge(found: Found): Verified {
  const { board, panel, query, answer, arms = [], mayBeShared = false, isSpike } = found
  const say = (series: LastValue[], verdict: Verdict, note = ''): Verified => ({
    board,
    panel,
    query,
    series: series.length,
    lastValue: series.at(-1)?.value ?? null,
    verdict,
    passed: verdict === 'data' || verdict === 'empty, allowed',
    note,
  })
  if ('error' in answer) return say([], 'failed', answer.error)
  const { series } = answer
  const mayMiss = mayBeEmpty[panel] ?? (isSpike ? mayBeEmptyInSpikes[panel] : undefined)
  if (series.length === 0) {
    return mayMiss ? say(series, 'empty, allowed', mayMiss) : say(series, 'empty', 'no data at all')
  }
  const present = new Set(series.map(({ labels }) => labels.arm))
  const isShared = mayBeShared && present.size === 1 && present.has(undefined)
  const missing = isShared ? [] : arms.filter((arm) => !present.has(arm))
  if (missing.length === 0) return say(series, 'data')
  const reason = oneArmOnly[panel] ?? mayMiss
  if (reason) return say(series, 'data', `without ${missing.join(', ')}: ${reason}`)
  return say(series, 'an arm is missing', `no series with arm="${missing.join('", "')}"`)
}
