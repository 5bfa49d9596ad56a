/** A dashboard as Grafana writes it, with every kind of panel that the viewer knows, and three it must refuse. */

const datasource = { type: 'prometheus', uid: '$datasource' }

interface Place {
  x: number
  y: number
  w: number
  h: number
}

let lastId = 0

function panel(type: string, title: string, gridPos: Place, rest: object) {
  lastId += 1
  return { id: lastId, type, title, gridPos, datasource, ...rest }
}

const query = (expr: string, legendFormat = '__auto', more: object = {}) => ({
  ...{ refId: 'A', expr, legendFormat, datasource },
  ...more,
})

const coloured = (name: string, fixedColor: string) => ({
  matcher: { id: 'byName', options: name },
  properties: [{ id: 'color', value: { mode: 'fixed', fixedColor } }],
})

const armColours = [coloured('before', '#c2560a'), coloured('after', '#0b6e8f')]
const steps = (...values: [number | null, string][]) => ({
  mode: 'absolute',
  steps: values.map(([value, color]) => ({ value, color })),
})
const table = { displayMode: 'table', placement: 'bottom', showLegend: true }

const questions = () => [
  panel(
    'stat',
    'Paid per second',
    { x: 0, y: 1, w: 6, h: 5 },
    {
      description: '**Good:** after keeps its height.\n\n**Otherwise:** see `docs/`.',
      targets: [query('sum by (arm) (rate(shop_paid[$__rate_interval]))', '{{arm}}')],
      options: { textMode: 'value_and_name', orientation: 'vertical', graphMode: 'area' },
      fieldConfig: { defaults: { unit: 'short', decimals: 0 }, overrides: armColours },
    },
  ),
  panel(
    'stat',
    'p99 now',
    { x: 6, y: 1, w: 4, h: 5 },
    {
      targets: [query('shop_latency{quantile="0.99",arm="$arm"}', 'p99', { instant: true })],
      options: { colorMode: 'background', graphMode: 'none' },
      fieldConfig: { defaults: { unit: 's', thresholds: steps([null, 'green'], [0.5, 'red']) } },
    },
  ),
  panel(
    'stat',
    'Is the stock right?',
    { x: 10, y: 1, w: 6, h: 5 },
    {
      targets: [query('shop_verdict{checker="stock-conserved"}', '{{arm}}', { instant: true })],
      options: { textMode: 'value_and_name', orientation: 'vertical', graphMode: 'none' },
      fieldConfig: { defaults: { mappings: verdicts() } },
    },
  ),
  panel(
    'text',
    '',
    { x: 16, y: 1, w: 8, h: 5 },
    {
      options: {
        mode: 'markdown',
        content:
          '## Reading this board\n- **orange** is *before*, **blue** is *after*\n' +
          '- a band is a fault: `slow-query`\n\n<script>alert(1)</script> [Grafana](https://grafana.com)',
      },
    },
  ),
]

function verdicts() {
  return [
    {
      type: 'value',
      options: { 0: { text: 'no', color: 'red' }, 1: { text: 'yes', color: 'green' } },
    },
    { type: 'special', options: { match: 'nan', result: { text: 'unknown', color: 'yellow' } } },
  ]
}

const charts = () => [
  panel(
    'timeseries',
    'Paid orders',
    { x: 0, y: 6, w: 12, h: 8 },
    {
      targets: [query('sum by (arm) (rate(shop_paid[$__rate_interval]))', '{{arm}}')],
      options: { legend: { ...table, calcs: ['lastNotNull', 'mean', 'max'] } },
      fieldConfig: {
        defaults: { unit: 'reqps', min: 0, custom: { fillOpacity: 8, lineWidth: 2 } },
        overrides: armColours,
      },
    },
  ),
  panel(
    'timeseries',
    'Checkout time',
    { x: 12, y: 6, w: 12, h: 8 },
    {
      description: 'Logarithmic.',
      targets: [query('shop_latency{arm=~"$arms"}', '{{arm}} p{{quantile}}')],
      options: { tooltip: { mode: 'multi', sort: 'desc' } },
      fieldConfig: {
        defaults: {
          unit: 's',
          thresholds: steps([null, 'green'], [1, 'red']),
          custom: {
            scaleDistribution: { type: 'log', log: 10 },
            thresholdsStyle: { mode: 'dashed' },
          },
        },
        overrides: [],
      },
    },
  ),
  panel(
    'timeseries',
    'Memory',
    { x: 0, y: 14, w: 8, h: 8 },
    {
      targets: [query('shop_memory', '{{process}}')],
      fieldConfig: {
        defaults: { unit: 'bytes', custom: { stacking: { mode: 'normal' }, fillOpacity: 40 } },
      },
    },
  ),
  panel(
    'state-timeline',
    'Queues',
    { x: 8, y: 14, w: 8, h: 8 },
    {
      targets: [query('shop_states', '{{queue}}')],
      options: { showValue: 'auto', mergeValues: true },
      fieldConfig: {
        defaults: {
          mappings: [
            {
              type: 'value',
              options: {
                0: { text: 'stuck', color: 'red' },
                1: { text: 'flowing', color: 'green' },
                2: { text: 'slow', color: 'yellow' },
              },
            },
            { type: 'special', options: { match: 'nan', result: { text: '?', color: 'gray' } } },
          ],
        },
      },
    },
  ),
  panel(
    'table',
    'Is the data right?',
    { x: 16, y: 14, w: 8, h: 8 },
    {
      targets: [
        query('shop_verdict{arm="before"}', '', { instant: true, format: 'table' }),
        query('shop_verdict{arm="after"}', '', { refId: 'B', instant: true, format: 'table' }),
      ],
      transformations: [
        { id: 'joinByField', options: { byField: 'checker' } },
        {
          id: 'organize',
          options: {
            includeByName: { checker: true, 'Value #A': true, 'Value #B': true },
            renameByName: { checker: 'Checker', 'Value #A': 'Before', 'Value #B': 'After' },
          },
        },
      ],
      fieldConfig: {
        defaults: { custom: { cellOptions: { type: 'color-text' } }, mappings: verdicts() },
      },
    },
  ),
]

const refused = () => [
  panel(
    'heatmap',
    'A kind that is not known',
    { x: 0, y: 23, w: 8, h: 5 },
    {
      targets: [query('shop_latency')],
    },
  ),
  panel(
    'timeseries',
    'A query that is wrong',
    { x: 8, y: 23, w: 8, h: 5 },
    {
      targets: [query('rate(!!)')],
    },
  ),
  panel('stat', 'JSON that is wrong', { x: 16, y: 23, w: 4, h: 5 }, { targets: [{ expr: 7 }] }),
  panel(
    'timeseries',
    'Nothing there',
    { x: 20, y: 23, w: 4, h: 5 },
    {
      targets: [query('absent_metric')],
      fieldConfig: { defaults: { noValue: 'No fault, no figure' } },
    },
  ),
]

const row = (id: number, title: string, y: number, collapsed = false, panels: object[] = []) => ({
  ...{ id, type: 'row', title, collapsed, panels },
  gridPos: { x: 0, y, w: 24, h: 1 },
})

const variable = (type: string, name: string, text: string, more: object = {}) => ({
  ...{ type, name, query: text },
  ...more,
})

/** The board; its JSON is what a file of the dashboards folder holds. */
export function fixtureBoard(uid = 'every-kind', title = 'Every kind of panel') {
  lastId = 100
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
  lastId = 0
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
