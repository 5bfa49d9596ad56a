import { charts, panel, query, questions, refused, startIdsAt, states } from './fixture-panels.ts'

const row = (id: number, title: string, y: number, collapsed = false, panels: object[] = []) => ({
  ...{ id, type: 'row', title, collapsed, panels },
  gridPos: { x: 0, y, w: 24, h: 1 },
})

const variable = (type: string, name: string, text: string, more: object = {}) => ({
  ...{ type, name, query: text },
  ...more,
})

/**
 * A dashboard as Grafana writes it: all kinds of panels, and some that must be refused. Its JSON is
 * what a file of the dashboards folder holds.
 */
export function fixtureBoard(uid = 'every-kind', title = 'Every kind of panel') {
  startIdsAt(100)
  return {
    ...{ uid, title, description: 'What the viewer can draw.', tags: ['stampede'] },
    ...{ schemaVersion: 42, editable: false, refresh: '1s', time: { from: 'now-15m', to: 'now' } },
    templating: {
      list: [
        variable('datasource', 'datasource', 'prometheus', { label: 'Data source' }),
        variable('query', 'run', 'label_values(shop_run, run)', { label: 'Run' }),
        variable('query', 'arm', 'label_values(shop_paid, arm)', { current: { value: 'before' } }),
        variable('query', 'arms', 'label_values(shop_paid, arm)', {
          multi: true,
          includeAll: true,
        }),
        variable('interval', 'step', '1s,5s', { hide: 2 }),
      ],
    },
    annotations: {
      list: [
        { builtIn: 1, name: 'Grafana', datasource: { uid: '-- Grafana --' }, enable: true },
        {
          ...{
            name: 'Faults',
            enable: true,
            iconColor: 'red',
            expr: 'shop_fault == 1',
            step: '1s',
          },
          ...{ titleFormat: '{{fault}}', textFormat: 'on in {{arm}}', tagKeys: 'arm' },
        },
        { name: 'Runs', enable: true, iconColor: 'purple', expr: 'shop_run{run="$run"}' },
      ],
    },
    links: [
      {
        type: 'dashboards',
        title: 'Boards',
        tags: ['stampede'],
        includeVars: true,
        keepTime: true,
      },
    ],
    panels: [
      row(1, 'Are buyers served?', 0),
      ...questions(),
      ...charts(),
      ...states(),
      row(2, 'What cannot be drawn', 22),
      ...refused(),
      row(3, 'Folded', 28, true, [
        panel(
          'timeseries',
          'Inside',
          { x: 0, y: 29, w: 24, h: 6 },
          { targets: [query('shop_paid')] },
        ),
      ]),
    ],
  }
}

/** A board of `count` time panels, for how long it takes to draw. */
export function wideBoard(count: number) {
  startIdsAt(0)
  const titles = Array.from({ length: count }, (_, index) => `Panel ${index + 1}`)
  return {
    ...fixtureBoard('wide', 'Twenty panels'),
    panels: titles.map((title, index) =>
      panel(
        'timeseries',
        title,
        { x: (index % 4) * 6, y: Math.floor(index / 4) * 7, w: 6, h: 7 },
        {
          targets: [
            query(`shop_latency + ${index}`, '{{arm}} {{quantile}}'),
            query(`shop_paid + ${index}`, '{{arm}} paid', { refId: 'B' }),
          ],
          fieldConfig: { defaults: { unit: 'short', custom: { fillOpacity: 6 } }, overrides: [] },
        },
      ),
    ),
  }
}
