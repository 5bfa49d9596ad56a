import { askingPanels, type Board } from '../console/model/board-schema.ts'
import { constant, intoQuery, referencesIn } from '../console/model/interpolate.ts'
import { labelValuesIn } from '../console/model/label-values.ts'
import { type MetricTable, onlyGrows } from '../server/metrics/table.ts'
import { metricOf, readExpression, type Selector } from './promql.ts'
import type { Rule } from './rules.ts'
import { withoutPanel } from './without-panel.ts'

/** Says in words what is wrong; nothing when all is well. */
type Check = (boards: Board[], rules: Rule[], metrics: MetricTable) => string[]

/**
 * Every mistake in the boards and the rules that types cannot hold, in the order of the checks.
 * @param metrics every metric that they may ask for; each is shown, or has a reason why it is not
 */
export const lint = (boards: Board[], rules: Rule[], metrics: MetricTable): string[] =>
  checks.flatMap((check) => check(boards, rules, metrics))

/** What Grafana fills in by itself: Prometheus reads each second, so a rate is over four reads. */
export const builtIns = new Map([
  ['__rate_interval', constant('4s')],
  ['__range', constant('1h')],
])

/** Labels whose value a person chooses above the board; series without one may be asked for. */
const chosen = new Set(['run', 'arm', 'scenario'])

interface Asked {
  where: string
  expr: string
  isPanel: boolean
}

/** Every PromQL of a board: panels and annotations. */
function queriesOf(board: Board): Asked[] {
  const panels = askingPanels(board).flatMap(({ title, targets }) =>
    [...targets].map(({ expr, refId }) => {
      return { where: `${board.title} / ${title} / ${refId}`, expr, isPanel: true }
    }),
  )
  const annotations = board.annotations.map(({ name, expr }) => {
    return { where: `${board.title} / annotation ${name}`, expr, isPanel: false }
  })
  return [...panels, ...annotations]
}

const variableQueries = (board: Board) =>
  board.variables.flatMap((variable) => {
    if (variable.type === 'datasource') return []
    const where = `${board.title} / variable ${variable.name}`
    return [{ where, expr: labelValuesIn(variable.query).selector ?? '', isPanel: false }]
  })

const ruleQueries = (rules: Rule[]): Asked[] =>
  rules.map(({ name, expr }) => ({ where: `rule ${name}`, expr, isPanel: false }))

const readable = (expr: string) => readExpression(intoQuery(expr, builtIns)).selectors

/** The metric of a series, without the suffix of a histogram. */
const exposedAs = (series: string, metrics: MetricTable) =>
  metricOf(series, (name) => metrics[name]?.type === 'histogram')

const exposedIn = (selectors: Selector[], metrics: MetricTable) =>
  selectors.map(({ metric }) => exposedAs(metric, metrics))

const variables: Check = (boards) =>
  boards.flatMap((board) => {
    const declared = new Set(board.variables.map(({ name }) => name))
    const texts = [
      ...queriesOf(board).map(({ expr }) => expr),
      ...variableQueries(board).map(({ expr }) => expr),
      ...askingPanels(board).map(({ title }) => title),
    ]
    const used = new Set(texts.flatMap(referencesIn).filter((name) => !builtIns.has(name)))
    return [
      ...[...used.difference(declared)].map((name) => `${board.title}: $${name} is not declared`),
      ...[...declared.difference(used)]
        .filter((name) => name !== 'datasource')
        .map((name) => `${board.title}: $${name} is not used`),
    ]
  })

const hardCoded: Check = (boards) =>
  boards.flatMap((board) =>
    queriesOf(board).flatMap(({ where, expr }) =>
      readable(expr)
        .flatMap(({ matchers }) => matchers)
        .filter(({ label, value }) => chosen.has(label) && !/^(\$|$)/.test(value))
        .map(({ label, value }) => `${where}: ${label}="${value}" belongs in a variable`),
    ),
  )

const repeated = (values: string[]) =>
  values.filter((value, index) => values.indexOf(value) !== index)

const unique: Check = (boards, rules) => [
  ...repeated(boards.map(({ uid }) => uid)).map((uid) => `two boards have the uid ${uid}`),
  ...repeated(boards.map(({ title }) => title)).map((title) => `two boards are called ${title}`),
  ...repeated(rules.map(({ name }) => name)).map((name) => `two rules are called ${name}`),
]

const promql: Check = (boards, rules, metrics) =>
  [...boards.flatMap(queriesOf), ...ruleQueries(rules)].flatMap(({ where, expr, isPanel }) => {
    const { error, selectors } = readExpression(intoQuery(expr, builtIns))
    if (error !== null) return [`${where}: no PromQL at '${error}'`]
    const bare = selectors.filter(({ metric, ranged }) => !ranged && isCounter(metric, metrics))
    const fixedRange = isPanel && /\b(rate|irate|increase)\(.*?\[(?!\$__rate_interval)/.test(expr)
    return [
      ...bare.map(({ metric }) => `${where}: ${metric} only grows; ask for its rate`),
      ...(fixedRange ? [`${where}: a rate must be over $__rate_interval`] : []),
    ]
  })

function isCounter(series: string, metrics: MetricTable): boolean {
  const metric = metrics[exposedAs(series, metrics)]
  return metric !== undefined && onlyGrows(metric)
}

const known: Check = (boards, rules, metrics) => {
  const recorded = new Set(rules.map(({ record }) => record))
  const asked = [
    ...boards.flatMap(queriesOf),
    ...boards.flatMap(variableQueries),
    ...ruleQueries(rules),
  ]
  return asked.flatMap(({ where, expr }) => {
    const names = exposedIn(readable(expr), metrics)
    if (names.length === 0) return [`${where}: asks for no metric`]
    return names
      .filter((name) => !recorded.has(name) && !Object.hasOwn(metrics, name))
      .map((name) => `${where}: no process exports '${name}'`)
  })
}

const shown: Check = (boards, _rules, metrics) => {
  const queries = boards.flatMap(queriesOf).filter(({ isPanel }) => isPanel)
  const onBoards = new Set(queries.flatMap(({ expr }) => exposedIn(readable(expr), metrics)))
  return [
    ...Object.keys(metrics)
      .filter((name) => !onBoards.has(name) && !Object.hasOwn(withoutPanel, name))
      .map((name) => `${name} is on no board; show it, or give the reason in withoutPanel`),
    ...Object.keys(withoutPanel)
      .filter((name) => onBoards.has(name) || !Object.hasOwn(metrics, name))
      .map((name) => `${name} has a reason in withoutPanel that it no longer needs`),
  ]
}

const recordings: Check = (boards, rules) => {
  const asked = new Set(
    [...boards.flatMap(queriesOf), ...rules]
      .flatMap(({ expr }) => readable(expr))
      .map(({ metric }) => metric),
  )
  return rules
    .filter(({ record }) => record !== undefined && !asked.has(record))
    .map(({ name }) => `rule ${name}: what it records is not used`)
}

const alertWords: Check = (_, rules) =>
  rules
    .filter(({ alert }) => alert !== undefined)
    .flatMap(({ name, annotations = {}, labels = {} }) => [
      ...['summary', 'description', 'runbook_url']
        .filter((word) => !annotations[word])
        .map((word) => `alert ${name}: no ${word}`),
      ...(labels.severity ? [] : [`alert ${name}: no severity`]),
    ])

const checks: Check[] = [
  ...[variables, hardCoded, unique, promql, known, shown, recordings, alertWords],
]
