import { describe, expect, test } from 'bun:test'
import { knownMetrics } from '../cli/docs/catalogue.ts'
import { readBoards } from './files.ts'
import { lint } from './lint.ts'
import { readRules } from './rules.ts'
import type { Board, GraphPanel } from './schema.ts'
import { withoutPanel } from './without-panel.ts'

const boards = await readBoards()
const rules = await readRules()

test('the boards and the rules have no fault', () => {
  expect(lint(boards, rules, knownMetrics)).toEqual([])
})

const firstGraph = (board: Board): GraphPanel => {
  const panel = board.panels.find((one) => one.type === 'timeseries')
  if (panel?.type !== 'timeseries') throw new Error(`${board.title} has no time series`)
  return panel
}

const firstTarget = (board: Board) => {
  const [target] = firstGraph(board).targets
  if (!target) throw new Error(`${board.title} asks for nothing`)
  return target
}

const spoiled = (spoil: (board: Board) => void): string[] => {
  const copies = structuredClone(boards)
  const board = copies.find(({ uid }) => uid === 'stampede-order-flow')
  if (!board) throw new Error('no board to spoil')
  spoil(board)
  return lint(copies, rules, knownMetrics)
}

const asking = (expr: string) =>
  spoiled((board) => {
    firstTarget(board).expr = expr
  })

const spoilt: [name: string, complaint: RegExp, spoil: (board: Board) => void][] = [
  ['without a unit', /no unit/, (board) => delete firstGraph(board).fieldConfig.defaults.unit],
  ['without a description', /what good looks/, (board) => delete firstGraph(board).description],
  [
    'with a description of one half',
    /what good looks/,
    (board) => {
      firstGraph(board).description = '**Good:** all of it.'
    },
  ],
  [
    'with a legend missing',
    /without a legend/,
    (board) => {
      firstTarget(board).legendFormat = ''
    },
  ],
  [
    'with a data source of its own',
    /data source variable/,
    (board) => {
      firstTarget(board).datasource.uid = 'stampede-prometheus'
    },
  ],
  [
    'with overlapping panels',
    /lies over/,
    (board) => {
      const [, first, second] = board.panels
      if (first && second) second.gridPos = first.gridPos
    },
  ],
  [
    'with a panel beyond the edge',
    /wider than the screen/,
    (board) => {
      firstGraph(board).gridPos.x = 23
    },
  ],
  [
    'with an id twice',
    /two panels have the id/,
    (board) => {
      firstGraph(board).id = 1
    },
  ],
  [
    'with another’s uid',
    /two boards have the uid/,
    (board) => {
      board.uid = 'stampede-ids'
    },
  ],
  [
    'that can be edited',
    /must not be editable/,
    (board) => {
      board.editable = true
    },
  ],
  ['without links', /no link/, (board) => board.links.splice(0)],
  ['without a variable that it uses', /declares \$run/, (board) => forget(board, 'run')],
]

describe('a board is refused', () => {
  test.each(spoilt)('%s', (_name, complaint, spoil) => {
    expect(spoiled(spoil).join('\n')).toMatch(complaint)
  })
})

function forget(board: Board, variable: string): void {
  board.templating.list = board.templating.list.filter(({ name }) => name !== variable)
}

describe('a query is refused', () => {
  test.each([
    ['that is no PromQL', 'sum by (arm) (rate(', /no PromQL/],
    ['for a metric that nobody exports', 'sum(stampede_nonsense{arm=~"$arm"})', /nobody exports/],
    ['for one arm by name', 'stampede_sagas_open{arm="before"}', /belongs in a variable/],
    ['for one run by name', 'stampede_run_info{run="a",arm=~"$arm"}', /belongs in a variable/],
    ['for a total that only grows', 'sum(stampede_orders_total{arm=~"$arm"})', /ask for its rate/],
    ['over a fixed range', 'rate(stampede_orders_total{arm=~"$arm"}[5m])', /__rate_interval/],
    ['with an unknown variable', 'stampede_sagas_open{arm="$who"}', /nobody declares \$who/],
  ])('%s', (_name, expr, complaint) => {
    expect(asking(expr).join('\n')).toMatch(complaint)
  })
})

test('a metric that left the boards is missed', () => {
  const without = boards.filter(({ uid }) => uid !== 'stampede-ids')
  expect(lint(without, rules, knownMetrics).join('\n')).toContain(
    'stampede_ticket_refills_total is on no board',
  )
  expect(Object.values(withoutPanel).every((reason) => reason.length > 10)).toBe(true)
})

describe('a rule is refused', () => {
  const alert = rules.find((rule) => rule.alert !== undefined)
  if (!alert) throw new Error('no alert to spoil')
  const withRule = (rule: object) =>
    lint(boards, [...rules, { ...alert, ...rule }], knownMetrics).join('\n')

  test.each([
    ['with the name of another', {}, /two rules are called/],
    ['without words', { name: 'New', alert: 'New', annotations: {} }, /alert New: no summary/],
    ['about an unknown metric', { name: 'New', expr: 'nonsense > 1' }, /nobody exports 'nonsense'/],
    ['that nobody asks for', { name: 'new', record: 'new' }, /nobody asks for what it records/],
  ])('%s', (_name, rule, complaint) => {
    expect(withRule(rule)).toMatch(complaint)
  })
})
