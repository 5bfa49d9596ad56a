import { type MetricTable, onlyGrows } from '../server/metrics/table.ts'
import { metricOf, readExpression, type Selector } from './promql.ts'
import type { Rule } from './rules.ts'
import type { Board, GraphPanel } from './schema.ts'
import { builtIns, substitute, variablesIn } from './substitute.ts'
import { withoutPanel } from './without-panel.ts'

/** Says in words what is wrong; nothing when all is well. */
type Check = (boards: Board[], rules: Rule[], metrics: MetricTable) => string[]

/** Labels whose value a person chooses above the board. */
const chosen = new Set(['run', 'arm', 'scenario'])
const builtIn = new Set(Object.keys(builtIns))

/**
 * Every mistake in the boards and the rules, in the order of the checks.
 * @param metrics every metric that they may ask for; each is shown, or has a reason why it is not
 */
export function lint(boards: Board[], rules: Rule[], metrics: MetricTable): string[] {
  return checks.flatMap((check) => check(boards, rules, metrics))
}

const graphsOf = (board: Board): GraphPanel[] =>
  board.panels.flatMap((panel) => (panel.type === 'row' || panel.type === 'text' ? [] : [panel]))

interface Asked {
  where: string
  expr: string
  isPanel: boolean
}

/** Every PromQL of a board: panels and annotations. */
function queriesOf(board: Board): Asked[] {
  const panels = graphsOf(board).flatMap((panel) =>
    panel.targets.map(({ expr, refId }) => {
      return { where: `${board.title} / ${panel.title} / ${refId}`, expr, isPanel: true }
    }),
  )
  const annotations = board.annotations.list.map(({ name, expr }) => {
    return { where: `${board.title} / annotation ${name}`, expr, isPanel: false }
  })
  return [...panels, ...annotations]
}

/** The selector in `label_values(selector, label)`. */
export const variableSelector = (query: string): string =>
  /^label_values\((.*),\s*\w+\)$/.exec(query)?.[1] ?? ''

const readable = (expr: string) => readExpression(substitute(expr, builtIns)).selectors

/** The metric of a series, without the suffix of a histogram. */
const exposedAs = (series: string, metrics: MetricTable) =>
  metricOf(series, (name) => metrics[name]?.type === 'histogram')

const exposedIn = (selectors: Selector[], metrics: MetricTable) =>
  selectors.map(({ metric }) => exposedAs(metric, metrics))

const eachPanel =
  (say: (panel: GraphPanel) => string | false | undefined): Check =>
  (boards) =>
    boards.flatMap((board) =>
      graphsOf(board).flatMap((panel) => {
        const fault = say(panel)
        return fault ? [`${board.title} / ${panel.title}: ${fault}`] : []
      }),
    )

const unit = eachPanel((panel) => !panel.fieldConfig.defaults.unit && 'no unit')

const description = eachPanel((panel) => {
  const text = panel.description ?? ''
  return !(/\*\*Good:\*\* \S/.test(text) && /\*\*Otherwise:\*\* \S/.test(text))
    ? 'the description must say what good looks like, and what to do otherwise'
    : undefined
})

const legend = eachPanel(
  (panel) => panel.targets.some(({ legendFormat }) => !legendFormat) && 'a query without a legend',
)

const dataSource: Check = (boards) =>
  boards.flatMap((board) => {
    const queried = board.templating.list.filter(({ type }) => type === 'query')
    const users = [
      ...graphsOf(board).flatMap((panel) =>
        [panel, ...panel.targets].map((one) => ({ name: panel.title, datasource: one.datasource })),
      ),
      ...board.annotations.list,
      ...queried,
    ]
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana fills it in
    const wrong = users.filter((user) => user.datasource?.uid !== '${datasource}')
    return wrong.map(({ name }) => `${board.title} / ${name}: must ask the data source variable`)
  })

const variables: Check = (boards) =>
  boards.flatMap((board) => {
    const declared = new Set(board.templating.list.map(({ name }) => name))
    const texts = [
      ...queriesOf(board).map(({ expr }) => expr),
      ...board.templating.list.map(({ query }) => query),
      ...graphsOf(board).map(({ title }) => title),
    ]
    const used = new Set(texts.flatMap(variablesIn).filter((name) => !builtIn.has(name)))
    return [
      ...[...used.difference(declared)].map((name) => `${board.title}: nobody declares $${name}`),
      ...[...declared.difference(used)]
        .filter((name) => name !== 'datasource')
        .map((name) => `${board.title}: nobody uses $${name}`),
    ]
  })

const hardCoded: Check = (boards) =>
  boards.flatMap((board) =>
    queriesOf(board).flatMap(({ where, expr }) =>
      readable(expr)
        .flatMap(({ matchers }) => matchers)
        .filter(({ label, value }) => chosen.has(label) && !value.startsWith('$'))
        .map(({ label, value }) => `${where}: ${label}="${value}" belongs in a variable`),
    ),
  )

const layout: Check = (boards) =>
  boards.flatMap((board) =>
    board.panels.flatMap((panel, index) => {
      const { x, y, w, h } = panel.gridPos
      const wide = x + w > 24 ? [`${board.title} / ${panel.title}: wider than the screen`] : []
      const overlapping = board.panels.slice(0, index).filter(({ gridPos: other }) => {
        const beside = x >= other.x + other.w || other.x >= x + w
        return !beside && y < other.y + other.h && other.y < y + h
      })
      return [
        ...wide,
        ...overlapping.map((other) => `${board.title}: ${panel.title} lies over ${other.title}`),
      ]
    }),
  )

const repeated = (values: (string | number)[]) =>
  values.filter((value, index) => values.indexOf(value) !== index)

const unique: Check = (boards) => [
  ...repeated(boards.map(({ uid }) => uid)).map((uid) => `two boards have the uid ${uid}`),
  ...repeated(boards.map(({ title }) => title)).map((title) => `two boards are called ${title}`),
  ...boards.flatMap((board) => [
    ...repeated(board.panels.map(({ id }) => id)).map(
      (id) => `${board.title}: two panels have the id ${id}`,
    ),
    ...graphsOf(board).flatMap((panel) =>
      repeated(panel.targets.map(({ refId }) => refId)).map(
        (refId) => `${board.title} / ${panel.title}: two queries are ${refId}`,
      ),
    ),
  ]),
]

const fixed: Check = (boards) =>
  boards.flatMap((board) => [
    ...(board.editable ? [`${board.title}: must not be editable`] : []),
    ...(board.links.length === 0 ? [`${board.title}: no link to the other boards`] : []),
  ])

const promql: Check = (boards, rules, metrics) =>
  [
    ...boards.flatMap(queriesOf),
    ...rules.map(({ name, expr }) => ({ where: `rule ${name}`, expr, isPanel: false })),
  ].flatMap(({ where, expr, isPanel }) => {
    const { error, selectors } = readExpression(substitute(expr, builtIns))
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
  const variableQueries = boards.flatMap((board) =>
    board.templating.list
      .filter(({ type }) => type === 'query')
      .map(({ name, query }) => {
        return { where: `${board.title} / variable ${name}`, expr: variableSelector(query) }
      }),
  )
  const asked = [
    ...boards.flatMap(queriesOf),
    ...variableQueries,
    ...rules.map(({ name, expr }) => ({ where: `rule ${name}`, expr })),
  ]
  return asked.flatMap(({ where, expr }) => {
    const names = exposedIn(readable(expr), metrics)
    if (names.length === 0) return [`${where}: asks for no metric`]
    return names
      .filter((name) => !recorded.has(name) && !Object.hasOwn(metrics, name))
      .map((name) => `${where}: nobody exports '${name}'`)
  })
}

const shown: Check = (boards, _rules, metrics) => {
  const names = boards.flatMap((board) =>
    graphsOf(board).flatMap(({ targets }) =>
      targets.flatMap(({ expr }) => exposedIn(readable(expr), metrics)),
    ),
  )
  const onBoards = new Set(names)
  return [
    ...Object.keys(metrics)
      .filter((name) => !onBoards.has(name) && !Object.hasOwn(withoutPanel, name))
      .map((name) => `${name} is on no board; show it, or give the reason in withoutPanel`),
    ...Object.keys(withoutPanel)
      .filter((name) => onBoards.has(name) || !Object.hasOwn(metrics, name))
      .map((name) => `${name} has a reason in withoutPanel that it no longer needs`),
  ]
}

const ruleNames: Check = (boards, rules) => {
  const asked = new Set(
    [...boards.flatMap(queriesOf), ...rules]
      .flatMap(({ expr }) => readable(expr))
      .map(({ metric }) => metric),
  )
  return [
    ...repeated(rules.map(({ name }) => name)).map((name) => `two rules are called ${name}`),
    ...rules
      .filter(({ record }) => record !== undefined && !asked.has(record))
      .map(({ name }) => `rule ${name}: nobody asks for what it records`),
  ]
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
  unit,
  description,
  legend,
  dataSource,
  variables,
  hardCoded,
  layout,
  unique,
  fixed,
  promql,
  known,
  shown,
  ruleNames,
  alertWords,
]
