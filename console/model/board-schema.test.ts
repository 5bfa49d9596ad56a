import { describe, expect, test } from 'bun:test'
import { fixtureBoard } from '../testing/fixture-board.ts'
import { BadBoard, parseBoard } from './board-schema.ts'

const board = (more: object = {}) => ({ uid: 'b', title: 'B', panels: [], ...more })
const panel = (type: string, more: object = {}) => ({
  ...{ id: 1, type, title: 'P', gridPos: { x: 0, y: 0, w: 6, h: 4 }, targets: [{ expr: 'up' }] },
  ...more,
})
const flawsOf = (json: unknown) => {
  const first = parseBoard(board({ panels: [json] })).sections[0]?.panels[0]
  return first?.type === 'refused' ? first.flaws : []
}

describe('a board', () => {
  test('of every kind of panel is understood', () => {
    const { sections, annotations } = parseBoard(fixtureBoard())
    const types = sections.flatMap(({ panels }) => panels.map(({ type }) => type))
    expect(new Set(types)).toEqual(
      new Set(['stat', 'text', 'timeseries', 'state-timeline', 'table', 'refused']),
    )
    expect(sections.map(({ row }) => row?.title)).toEqual([
      ...['Are buyers served?', 'What cannot be drawn'],
    ])
    expect(annotations.map(({ name }) => name)).toEqual(['Faults', 'Runs'])
  })

  const variables = (...list: object[]) => board({ templating: { list } })
  const annotations = (...list: object[]) => board({ annotations: { list } })
  const asked = { type: 'query', name: 'x', query: 'label_values(up, job)' }
  test.each<[unknown, string]>([
    [{ title: 'B', panels: [] }, 'uid'],
    [{ uid: 'b', panels: [] }, 'title'],
    [board({ uid: '../x' }), 'uid: must be'],
    [board({ panels: {} }), 'panels'],
    [{ kind: 'Dashboard', spec: {} }, 'export the classic JSON model'],
    [board({ timezone: 'utc' }), 'timezone: "utc" is not supported, only browser'],
    [board({ links: [{ type: 'link' }] }), 'links.0.type: "link" is not supported'],
    [variables({ ...asked, name: 'a b' }), 'templating.list.0.name'],
    [variables({ ...asked, type: 'textbox' }), 'only query and datasource'],
    [variables({ ...asked, query: 'query_result(up)' }), 'only label_values(…) is supported'],
    [variables({ ...asked, regex: '/a/' }), 'templating.list.0.regex: "/a/" is not supported'],
    [variables({ ...asked, hide: 2 }), 'templating.list.0.hide: 2 is not supported'],
    [annotations({ useValueForTime: true }), 'useValueForTime: true is not supported'],
    [annotations({ tagKeys: 'arm' }), 'tagKeys: "arm" is not supported'],
    [annotations({ iconColor: 'dark-red' }), 'iconColor: "dark-red" is not supported'],
  ])('that is wrong or not supported is refused, naming the part (%#)', (json, part) => {
    expect(() => parseBoard(json)).toThrow(part)
  })

  test('is refused with all its flaws, not the first only', () => {
    expect(() => parseBoard('a text')).toThrow(BadBoard)
    expect(() => parseBoard({ panels: [], timezone: 'utc' })).toThrow(
      /uid: .*\ntitle: .*\ntimezone: /,
    )
  })
})

describe('a panel that is wrong says so where it stands', () => {
  test.each<[unknown, string]>([
    [panel('stat', { targets: [{ expr: 7 }] }), 'targets.0.expr: Invalid input: expected string'],
    [panel('stat', { targets: [{ expr: '' }] }), 'targets.0.expr: the query is empty'],
    [panel('stat', { targets: [] }), 'targets: '],
    [{ type: 'stat', title: 'no place' }, 'gridPos: '],
    [7, '"" is not supported, only timeseries'],
  ])('%#', (json, flaw) => {
    expect(flawsOf(json).join('\n')).toContain(flaw)
  })

  test('a kind that is not known keeps its title and place', () => {
    const view = parseBoard(board({ panels: [panel('heatmap', { title: 'Heat' })] }))
    expect(view.sections[0]?.panels[0]).toMatchObject({
      ...{ type: 'refused', title: 'Heat', gridPos: { w: 6 } },
    })
  })
})

describe('what this viewer does not draw is refused by name', () => {
  const custom = (settings: object) => ({ fieldConfig: { defaults: { custom: settings } } })
  const defaults = (settings: object) => ({ fieldConfig: { defaults: settings } })
  const overrides = (matcher: object, property: object) => ({
    fieldConfig: { overrides: [{ matcher, properties: [property] }] },
  })
  const byQuery = { id: 'byFrameRefID', options: 'A' }
  const red = { id: 'color', value: { mode: 'fixed', fixedColor: 'red' } }
  const ofTable = { targets: [{ expr: 'up', instant: true, format: 'table' }] }
  const step = (id: string, options: object = {}) => ({ transformations: [{ id, options }] })

  test.each<[type: string, what: object, flaw: string]>([
    ['heatmap', {}, 'type: "heatmap" is not supported, only timeseries, stat'],
    ['row', { collapsed: true }, 'collapsed: true is not supported, only false'],
    ['row', { repeat: 'arm' }, 'repeat: is not supported'],
    ['stat', { repeat: 'arm' }, 'repeat: is not supported'],
    ['stat', { links: [{}] }, 'links: is not supported'],
    ['timeseries', { timeFrom: '1h' }, 'timeFrom: is not supported'],
    ['timeseries', { timeShift: '1h' }, 'timeShift: is not supported'],
    ['timeseries', { interval: '5s' }, 'interval: is not supported'],
    ['timeseries', { maxDataPoints: 9 }, 'maxDataPoints: is not supported'],
    ['stat', { datasource: { type: 'loki' } }, 'datasource.type: "loki" is not supported'],
    ['stat', { targets: [{ expr: 'up', hide: true }] }, 'hide: true is not supported'],
    ['stat', { targets: [{ expr: 'up', format: 'heatmap' }] }, '"heatmap" is not supported'],
    ['stat', { targets: [{ expr: 'up{a="$' + '{arm:csv}"}' }] }, '{arm:csv} is not supported'],
    ['stat', { targets: [{ expr: 'rate(up[$__interval])' }] }, '$__interval is not supported'],
    ['stat', defaults({ unit: 'furlongs' }), 'unit: "furlongs" is not supported, only none'],
    ['stat', defaults({ unit: 'percent' }), 'unit: "percent" is not supported'],
    ['stat', defaults({ max: 7 }), 'max: is not supported'],
    ['stat', defaults({ displayName: 'x' }), 'displayName: is not supported'],
    ['stat', defaults({ color: { mode: 'shades' } }), 'color: is not supported'],
    ['stat', defaults({ thresholds: { mode: 'percentage', steps: [] } }), '"percentage" is not'],
    ['stat', defaults({ mappings: [{ type: 'range', options: {} }] }), 'only value and special'],
    ['stat', defaults({ mappings: [{ type: 'regex', options: {} }] }), 'only value and special'],
    [
      'timeseries',
      custom({ stacking: { mode: 'normal' } }),
      '"normal" is not supported, only none',
    ],
    ['timeseries', custom({ stacking: { mode: 'percent' } }), '"percent" is not supported'],
    ['timeseries', custom({ drawStyle: 'bars' }), 'drawStyle: "bars" is not supported, only line'],
    ['timeseries', custom({ lineInterpolation: 'smooth' }), '"smooth" is not supported'],
    ['timeseries', custom({ showPoints: 'always' }), '"always" is not supported'],
    ['timeseries', custom({ spanNulls: true }), 'spanNulls: true is not supported, only false'],
    ['timeseries', custom({ scaleDistribution: { type: 'log' } }), '"log" is not supported'],
    ['timeseries', custom({ thresholdsStyle: { mode: 'area' } }), '"area" is not supported'],
    ['timeseries', custom({ axisPlacement: 'right' }), '"right" is not supported, only auto'],
    ['timeseries', custom({ axisSoftMin: 1 }), 'axisSoftMin: is not supported'],
    ['timeseries', { options: { legend: { displayMode: 'table' } } }, '"table" is not supported'],
    ['timeseries', { options: { legend: { calcs: ['mean'] } } }, 'calcs: is not supported'],
    ['timeseries', { options: { tooltip: { mode: 'single' } } }, '"single" is not supported'],
    ['timeseries', overrides({ id: 'byName', options: 'x' }, red), '"byName" is not supported'],
    ['timeseries', overrides(byQuery, { id: 'unit', value: 's' }), 'the property is not supported'],
    ['stat', overrides(byQuery, red), 'overrides: is not supported'],
    ['stat', { options: { graphMode: 'area' } }, 'graphMode: "area" is not supported, only none'],
    ['stat', { options: { colorMode: 'background' } }, '"background" is not supported'],
    ['stat', { options: { textMode: 'name' } }, '"name" is not supported'],
    ['stat', { options: { reduceOptions: { calcs: ['max'] } } }, '"max" is not supported'],
    ['stat', step('organize'), 'transformations: is not supported'],
    ['table', { ...ofTable, ...step('merge') }, '"merge" is not supported, only organize'],
    ['table', { ...ofTable, ...step('joinByField') }, '"joinByField" is not supported'],
    ['table', { ...ofTable, ...step('organize', { indexByName: { a: 1 } }) }, 'indexByName'],
    ['table', { ...ofTable, options: { sortBy: [{}] } }, 'sortBy: is not supported'],
    ['table', { targets: [...ofTable.targets, ...ofTable.targets] }, 'targets: Too big'],
    ['table', {}, 'targets.0.instant'],
    ['state-timeline', { options: { showValue: 'always' } }, '"always" is not supported'],
    ['state-timeline', { options: { mergeValues: false } }, 'false is not supported, only true'],
    ['text', { options: { mode: 'html', content: '' } }, 'mode: "html" is not supported'],
  ])('%s with %j', (type, what, flaw) => {
    expect(flawsOf(panel(type, what)).join('\n')).toContain(flaw)
  })

  test('all of it is named at once', () => {
    const flaws = flawsOf(panel('stat', { repeat: 'arm', options: { graphMode: 'area' } }))
    expect(flaws).toHaveLength(2)
  })
})
