const datasource = { type: 'prometheus', uid: '$datasource' }

interface Place {
  x: number
  y: number
  w: number
  h: number
}

let lastId = 0

/** Ids are counted anew for each board. */
export const startIdsAt = (id: number): void => {
  lastId = id
}

/** A panel of the dashboard JSON. */
export function panel(type: string, title: string, gridPos: Place, rest: object) {
  lastId += 1
  return { id: lastId, type, title, gridPos, datasource, ...rest }
}

/** A query of a panel. */
export const query = (expr: string, legendFormat = '__auto', more: object = {}) => ({
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

/** Figures and text. */
export const questions = () => [
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
          '- a band is a fault: `slow-query`\n\n' +
          '<script>alert(1)</script> [Grafana](https://grafana.com)',
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

/** What is drawn over time. */
export const charts = () => [
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
]

/** States over time, and a table. */
export const states = () => [
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

/** What the viewer must refuse in words, and what has no data. */
export const refused = () => [
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
