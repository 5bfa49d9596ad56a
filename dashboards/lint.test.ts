import { describe, expect, test } from 'bun:test'
import { knownMetrics } from '../cli/docs/catalogue.ts'
import { askingPanels, type Board } from '../console/model/board-schema.ts'
import { readBoards } from './files.ts'
import { lint } from './lint.ts'
import { readRules } from './rules.ts'
import { withoutPanel } from './without-panel.ts'

const boards = await readBoards()
const rules = await readRules()

test('the boards and the rules have no fault', () => {
  expect(lint(boards, rules, knownMetrics)).toEqual([])
})

const spoiledUid = 'stampede-order-flow'

/** The complaints after one board has been changed. */
function spoiled(spoil: (board: Board) => void): string {
  const copies = structuredClone(boards)
  const board = copies.find(({ uid }) => uid === spoiledUid)
  if (!board) throw new Error('no board to spoil')
  spoil(board)
  return lint(copies, rules, knownMetrics).join('\n')
}

describe('a board is refused', () => {
  const variables = boards.find(({ uid }) => uid === spoiledUid)?.variables ?? []
  test.each<[name: string, complaint: string, change: Partial<Board>]>([
    ['with another’s uid', 'two boards have the uid stampede-ids', { uid: 'stampede-ids' }],
    ['with another’s title', 'two boards are called Ids', { title: 'Ids' }],
    [
      ...(['without a variable that it uses', '$run is not declared'] as const),
      { variables: variables.filter(({ name }) => name !== 'run') },
    ],
    [
      ...(['with a variable that it does not use', '$other is not used'] as const),
      { variables: [...variables, { type: 'datasource', name: 'other' }] },
    ],
  ])('%s', (_name, complaint, change) => {
    expect(spoiled((board) => Object.assign(board, change))).toContain(complaint)
  })
})

describe('a query is refused', () => {
  test.each([
    ['that is no PromQL', 'sum by (arm) (rate(', /no PromQL/],
    ['for an unknown metric', 'sum(stampede_nonsense{arm=~"$arm"})', /no process exports/],
    ['for no metric', 'vector(1)', /asks for no metric/],
    ['for one arm by name', 'stampede_sagas_open{arm="before"}', /belongs in a variable/],
    ['for one run by name', 'stampede_run_info{run="a",arm=~"$arm"}', /belongs in a variable/],
    ['for a total that only grows', 'sum(stampede_orders_total{arm=~"$arm"})', /ask for its rate/],
    ['over a fixed range', 'rate(stampede_orders_total{arm=~"$arm"}[5m])', /__rate_interval/],
    ['with an unknown variable', 'stampede_sagas_open{arm="$who"}', /\$who is not declared/],
  ])('%s', (_name, expr, complaint) => {
    const complaints = spoiled((board) => {
      const [panel] = askingPanels(board)
      if (panel?.targets[0]) panel.targets[0].expr = expr
    })
    expect(complaints).toMatch(complaint)
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
  const renamed = { name: 'New', alert: 'New' }

  test.each([
    ['with the name of another', {}, /two rules are called/],
    ['without words', { ...renamed, annotations: {} }, /alert New: no summary/],
    ['without a severity', { ...renamed, labels: {} }, /alert New: no severity/],
    ['about an unknown metric', { ...renamed, expr: 'nonsense > 1' }, /exports 'nonsense'/],
    ['whose record is not used', { name: 'new', record: 'new' }, /what it records is not used/],
  ])('%s', (_name, rule, complaint) => {
    expect(withRule(rule)).toMatch(complaint)
  })
})
