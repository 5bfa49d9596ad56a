import { describe, expect, test } from 'bun:test'
import { fixtureBoard } from '../testing/fixture-board.ts'
import { BadBoard, parseBoard } from './board-schema.ts'
import { constant, type VariableValue } from './interpolate.ts'
import { laidOut } from './repeats.ts'

const board = (more: object = {}) => ({ uid: 'b', title: 'B', panels: [], ...more })
const panel = (type: string, more: object = {}) => ({
  ...{ id: 1, type, gridPos: { x: 0, y: 0, w: 6, h: 4 } },
  ...more,
})

describe('a board', () => {
  test('of every kind of panel is understood', () => {
    const view = parseBoard(JSON.parse(JSON.stringify(fixtureBoard())))
    const kinds = view.sections.flatMap(({ panels }) => panels.map(({ kind }) => kind))
    expect(new Set(kinds)).toEqual(
      new Set(['stat', 'text', 'timeseries', 'state-timeline', 'table', 'unknown', 'wrong']),
    )
    expect(view.sections.map(({ row }) => row?.title)).toEqual([
      ...['Are buyers served?', 'What cannot be drawn', 'Folded'],
    ])
    expect(view.annotations.map(({ name }) => name)).toEqual(['Faults', 'Runs'])
  })
  test.each([
    ['a text', 'uid'],
    [{ uid: 'b' }, 'title'],
    [board({ uid: '../x' }), 'uid'],
    [board({ panels: {} }), 'panels'],
    [board({ templating: { list: [{ type: 'query', name: 'a b' }] } }), 'templating.list.0.name'],
    [{ kind: 'Dashboard', apiVersion: 'v2', spec: {} }, 'classic JSON'],
  ])('that is wrong is refused, naming the part (%#)', (json, part) => {
    if (part === 'uid' && typeof json === 'string') {
      expect(() => parseBoard(json)).toThrow(BadBoard)
    } else expect(() => parseBoard(json)).toThrow(part)
  })
})

describe('a panel that is wrong says so where it stands', () => {
  const first = (json: unknown) => parseBoard(board({ panels: [json] })).sections[0]?.panels[0]

  test.each([
    [panel('timeseries', { targets: [{ expr: 7 }] }), 'targets.0.expr'],
    [panel('stat', { targets: [{ expr: '' }] }), 'targets.0.expr'],
    [panel('stat', { options: { graphMode: 'loops' } }), 'options.graphMode'],
    [panel('stat', { fieldConfig: { defaults: { unit: 5 } } }), 'fieldConfig.defaults.unit'],
    [panel('table', { targets: [{ expr: 'up', datasource: '-- Mixed --' }] }), 'not Prometheus'],
    [{ type: 'stat', title: 'no place' }, 'gridPos'],
    [7, 'expected object'],
  ])('%#', (json, part) => {
    expect(first(json)).toMatchObject({ kind: 'wrong', problem: expect.stringContaining(part) })
  })
  test('a kind that is not known keeps its title and place', () => {
    expect(first(panel('heatmap', { title: 'Heat' }))).toMatchObject({
      ...{ kind: 'unknown', type: 'heatmap', title: 'Heat', gridPos: { w: 6 } },
    })
  })
})

describe('layout', () => {
  const several: VariableValue = {
    ...{ values: ['before', 'after'], text: 'All', multiple: true, allValue: null },
  }
  const values = new Map([
    ['arm', several],
    ['run', constant('r')],
  ])
  const layout = (panels: object[]) => laidOut(parseBoard(board({ panels })).sections, values)

  test('a repeated panel stands once for each value, side by side, and pushes what follows', () => {
    const [section] = layout([
      panel('stat', { repeat: 'arm' }),
      panel('text', { id: 2, gridPos: { x: 0, y: 4, w: 24, h: 2 } }),
    ])
    expect(section?.panels.map(({ key, at }) => [key, at.x, at.y, at.w])).toEqual([
      ['1-before', 0, 0, 12],
      ['1-after', 12, 0, 12],
      ['2', 0, 4, 24],
    ])
    expect(section?.panels[1]?.scope.get('arm')?.values).toEqual(['after'])
  })
  test('downwards it makes room', () => {
    const [section] = layout([
      panel('stat', { repeat: 'arm', repeatDirection: 'v' }),
      panel('text', { id: 2, gridPos: { x: 0, y: 4, w: 24, h: 2 } }),
    ])
    expect(section?.panels.map(({ at }) => at.y)).toEqual([0, 4, 8])
  })
  test('a repeated row is repeated with its panels', () => {
    const row = {
      type: 'row',
      id: 9,
      title: '$arm',
      repeat: 'arm',
      gridPos: { x: 0, y: 0, w: 24, h: 1 },
    }
    const sections = layout([row, panel('stat', { gridPos: { x: 0, y: 1, w: 6, h: 4 } })])
    expect(sections.map(({ row, panels }) => [row?.key, panels[0]?.key, panels[0]?.at.y])).toEqual([
      ['9-before', '1-before', 0],
      ['9-after', '1-after', 0],
    ])
  })
})
