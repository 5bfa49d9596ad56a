import { variableSelector } from '../lint.ts'
import { readExpression } from '../promql.ts'
import type { Rule } from '../rules.ts'
import type { Board, GraphPanel } from '../schema.ts'
import { builtIns, substitute, type Values, variablesIn } from '../substitute.ts'
import { mayBeEmpty, mayBeEmptyInSpikes, oneArmOnly } from './allowed.ts'
import type { Answer, Prometheus, Series, Span } from './prometheus.ts'

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

/** How far back a run is looked for when no block says when it began. */
const lookbackSeconds = 4 * 3600
const spanSecondsMax = 3600
const settledSeconds = 15

/** A kept run ended long ago: what is asked of "now" must be asked of its end. Epoch seconds. */
async function lastSampleSeconds(prometheus: Prometheus): Promise<number> {
  const now = Math.floor(Date.now() / 1000)
  const last = `max(max_over_time(timestamp(stampede_run_info)[${lookbackSeconds}s:1s]))`
  const answer = await prometheus.at(last, now)
  const sampled = 'series' in answer ? Number(answer.series[0]?.last ?? Number.NaN) : Number.NaN
  return Number.isFinite(sampled) ? Math.min(now, Math.ceil(sampled)) : now
}

/** Asks everything that the boards and the rules ask, one query after the other. */
export async function verifyAll(
  prometheus: Prometheus,
  boards: Board[],
  rules: Rule[],
): Promise<Verified[]> {
  const span = await spanOfBlocks(prometheus)
  const verified: Verified[] = []
  for (const board of boards) verified.push(...(await verifyBoard(prometheus, board, span)))
  for (const rule of rules) verified.push(...(await verifyRule(prometheus, rule, span)))
  return verified
}

/** From a little before the first block that Prometheus remembers until its last sample. */
async function spanOfBlocks(prometheus: Prometheus): Promise<Span> {
  const to = await lastSampleSeconds(prometheus)
  const first = `min(min_over_time(stampede_block_start_timestamp_seconds[${lookbackSeconds}s]))`
  const answer = await prometheus.at(first, to)
  const began = 'series' in answer ? Number(answer.series[0]?.last ?? Number.NaN) : Number.NaN
  const from = Number.isFinite(began) ? Math.floor(began) - settledSeconds : to - spanSecondsMax / 4
  return { from: Math.max(from, to - spanSecondsMax), to }
}

async function verifyBoard(prometheus: Prometheus, board: Board, span: Span): Promise<Verified[]> {
  const { values, armsAsked, verified } = await askVariables(prometheus, board, span)
  const isSpike = String(values.run).startsWith('spike-')
  const filled = (expr: string) => substitute(expr, { ...values, ...builtIns })
  for (const { name, expr } of board.annotations.list) {
    const query = filled(expr)
    const answer = await prometheus.over(query, span)
    verified.push(judge({ board: board.title, panel: `annotation ${name}`, query, answer }))
  }
  for (const panel of board.panels) {
    if (panel.type === 'row' || panel.type === 'text') continue
    for (const target of panel.targets) {
      const query = filled(target.expr)
      const answer = await ask(prometheus, target, query, span)
      const name = `${panel.title} / ${target.refId}`
      const arms = variablesIn(target.expr).includes('arm') ? armsAsked : []
      verified.push(judge({ board: board.title, panel: name, query, answer, arms, isSpike }))
    }
  }
  return verified
}

/** A panel of instant queries is asked about the view’s end, as Grafana does. */
function ask(
  prometheus: Prometheus,
  target: GraphPanel['targets'][number],
  query: string,
  span: Span,
): Promise<Answer> {
  return target.instant ? prometheus.at(query, span.to) : prometheus.over(query, span)
}

/**
 * Fills in the variables from top to bottom, as Grafana does when a board is opened; `armsAsked`
 * are those that a query with `$arm` must find.
 */
async function askVariables(prometheus: Prometheus, board: Board, span: Span) {
  const values: Values = {}
  const verified: Verified[] = []
  let armsAsked: string[] = []
  for (const variable of board.templating.list) {
    if (variable.type === 'datasource') continue
    const query = substitute(variable.query, values)
    const label = /,\s*(\w+)\)$/.exec(query)?.[1] ?? ''
    const found = await prometheus.labelValues(variableSelector(query), label, span)
    const wanted = variable.current?.value
    const isAll = [wanted].flat().includes('$__all')
    if (variable.name === 'arm') armsAsked = found
    if (isAll) values[variable.name] = variable.allValue ?? found
    else values[variable.name] = await preferred(prometheus, variable.name, found, wanted, span)
    const panel = `variable ${variable.name}`
    const missing = typeof wanted === 'string' && !isAll && !found.includes(wanted)
    const answer = missing
      ? { error: `has no '${wanted}' but ${found.join(', ') || 'nothing'}` }
      : { series: found.map((last) => ({ labels: {}, last })) }
    verified.push(judge({ board: board.title, panel, query, answer }))
  }
  return { values, armsAsked, verified }
}

/** What the board names; else, for runs, the one whose block came last. */
async function preferred(
  prometheus: Prometheus,
  name: string,
  found: string[],
  wanted: string | string[] | undefined,
  { to }: Span,
): Promise<string> {
  if (typeof wanted === 'string') return wanted
  if (name !== 'run') return found[0] ?? ''
  const starts = `last_over_time(stampede_block_start_timestamp_seconds[${lookbackSeconds}s])`
  const latest = await prometheus.at(`topk(1, max by (run) (${starts}))`, to)
  return ('series' in latest ? latest.series[0]?.labels.run : undefined) ?? found.at(-1) ?? ''
}

/** A recording must have recorded; an alert must have something to judge, fired or not. */
async function verifyRule(prometheus: Prometheus, rule: Rule, span: Span): Promise<Verified[]> {
  const board = `rules/${rule.file}`
  const panel = `rule ${rule.name}`
  const whole = await prometheus.over(rule.expr, span)
  if (rule.record !== undefined || 'error' in whole) {
    const answer = 'error' in whole ? whole : await prometheus.over(rule.name, span)
    const verified = judge({ board, panel, query: rule.expr, answer })
    const hint = 'not recorded: start Prometheus with rule_files: dashboards/rules/*.yml'
    return [verified.verdict === 'empty' ? { ...verified, note: hint } : verified]
  }
  const verified: Verified[] = []
  const texts = new Set(readExpression(rule.expr).selectors.map(({ text }) => text))
  for (const query of texts) {
    verified.push(judge({ board, panel, query, answer: await prometheus.over(query, span) }))
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
  isSpike?: boolean
}

function judge({ board, panel, query, answer, arms = [], isSpike }: Found): Verified {
  const say = (series: Series[], verdict: Verdict, note = ''): Verified => ({
    board,
    panel,
    query,
    series: series.length,
    lastValue: series.at(-1)?.last ?? null,
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
  const missing = arms.filter((arm) => !present.has(arm))
  if (missing.length === 0) return say(series, 'data')
  const reason = oneArmOnly[panel] ?? mayMiss
  if (reason) return say(series, 'data', `without ${missing.join(', ')}: ${reason}`)
  return say(series, 'an arm is missing', `no series with arm="${missing.join('", "')}"`)
}
