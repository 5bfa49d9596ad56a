import { charts, questions, refused, startIdsAt, states } from './fixture-panels.ts'

const row = (id: number, title: string, y: number) => ({
  ...{ id, type: 'row', title, collapsed: false, panels: [] },
  gridPos: { x: 0, y, w: 24, h: 1 },
})

const variable = (name: string, text: string, more: object = {}) => ({
  ...{ type: 'query', name, query: text },
  ...more,
})

const faults = {
  ...{ name: 'Faults', enable: true, iconColor: 'red', expr: 'shop_fault == 1', step: '1s' },
  ...{ titleFormat: '{{fault}}', textFormat: 'on in {{arm}}' },
}

/**
 * A dashboard as Grafana writes it: all kinds of panels, and some that must be refused. Its JSON is
 * what a file of the dashboards folder holds.
 */
export function fixtureBoard(uid = 'every-kind', title = 'Every kind of panel') {
  startIdsAt(100)
  const severalArms = { multi: true, includeAll: true }
  return {
    ...{ uid, title, description: 'What the viewer can draw.', tags: ['stampede'] },
    ...{ schemaVersion: 42, editable: false, refresh: '1s', time: { from: 'now-15m', to: 'now' } },
    templating: {
      list: [
        { type: 'datasource', name: 'datasource', query: 'prometheus', label: 'Data source' },
        variable('run', 'label_values(shop_run, run)', { label: 'Run' }),
        variable('arm', 'label_values(shop_paid, arm)', { current: { value: 'before' } }),
        variable('arms', 'label_values(shop_paid, arm)', severalArms),
      ],
    },
    annotations: {
      list: [
        { builtIn: 1, name: 'Grafana', datasource: { uid: '-- Grafana --' }, enable: true },
        faults,
        { name: 'Runs', enable: true, iconColor: 'purple', expr: 'shop_run{run="$run"}' },
      ],
    },
    links: [{ type: 'dashboards', tags: ['stampede'], includeVars: true, keepTime: true }],
    panels: [
      row(1, 'Are buyers served?', 0),
      ...questions(),
      ...charts(),
      ...states(),
      row(2, 'What cannot be drawn', 22),
      ...refused(),
    ],
  }
}
