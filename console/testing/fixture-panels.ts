const datasource = { type: 'prometheus', uid: '$datasource' }

/** Place in the grid of 24 columns. */
type Place = [x: number, y: number, w: number, h: number]

let lastId = 0

/** Ids are counted from here for each board. */
export const startIdsAt = (id: number): void => {
  lastId = id
}

/** A panel of the dashboard JSON. */
function panel(type: string, title: string, [x, y, w, h]: Place, rest: object) {
  lastId += 1
  return { id: lastId, type, title, gridPos: { x, y, w, h }, datasource, ...rest }
}

/** A query of a panel. */
const query = (expr: string, legendFormat: string, more: object = {}) => ({
  ...{ refId: 'A', expr, legendFormat, datasource },
  ...more,
})

/** The defaults of a panel's values. */
const values = (defaults: object, overrides: object[] = []) => ({
  fieldConfig: { defaults, overrides },
})

const steps = (...pairs: [number | null, string][]) => ({
  mode: 'absolute',
  steps: pairs.map(([value, color]) => ({ value, color })),
})

const instant = { instant: true, range: false }
const verdicts = [
  {
    type: 'value',
    options: { 0: { text: 'no', color: 'red' }, 1: { text: 'yes', color: 'green' } },
  },
  { type: 'special', options: { match: 'nan', result: { text: 'unknown', color: 'yellow' } } },
]

/** Figures and text. */
export const questions = () => [
  panel('stat', 'Paid per second', [0, 1, 6, 5], {
    description: '**Good:** after keeps its height.\n\n**Otherwise:** see `docs/`.',
    targets: [query('sum by (arm) (rate(shop_paid[$__rate_interval]))', '{{arm}}')],
    ...values({ unit: 'short', decimals: 0 }),
  }),
  panel('stat', 'p99 now', [6, 1, 4, 5], {
    targets: [query('shop_latency{quantile="0.99",arm="$arm"}', 'p99', instant)],
    ...values({ unit: 's', thresholds: steps([null, 'green'], [0.5, 'red']) }),
  }),
  panel('stat', 'Is the stock right?', [10, 1, 6, 5], {
    targets: [query('shop_verdict{checker="stock-conserved"}', '{{arm}}', instant)],
    ...values({ unit: 'none', mappings: verdicts }),
  }),
  panel('text', '', [16, 1, 8, 5], {
    options: {
      mode: 'markdown',
      content:
        '**orange** is *before*, **blue** is *after*\n\n' +
        'A band is a fault: `slow-query` <script>alert(1)</script>',
    },
  }),
]

const armColour = (refId: string, fixedColor: string) => ({
  matcher: { id: 'byFrameRefID', options: refId },
  properties: [{ id: 'color', value: { mode: 'fixed', fixedColor } }],
})

const rateOf = (arm: string) => `sum by (arm) (rate(shop_paid{arm="${arm}"}[$__rate_interval]))`

/** What is drawn over time. */
export const charts = () => [
  panel('timeseries', 'Paid orders', [0, 6, 12, 8], {
    targets: [
      query(rateOf('before'), '{{arm}}'),
      query(rateOf('after'), '{{arm}}', { refId: 'B' }),
    ],
    ...values({ unit: 'reqps', min: 0, custom: { fillOpacity: 8, lineWidth: 2 } }, [
      armColour('A', '#c2560a'),
      armColour('B', '#0b6e8f'),
    ]),
  }),
  panel('timeseries', 'Checkout time', [12, 6, 12, 8], {
    description: 'With a threshold.',
    targets: [query('shop_latency{arm=~"$arms"}', '{{arm}} p{{quantile}}')],
    ...values({
      unit: 's',
      thresholds: steps([null, 'green'], [1, 'red']),
      custom: { thresholdsStyle: { mode: 'dashed' } },
    }),
  }),
  panel('timeseries', 'Memory', [0, 14, 8, 8], {
    targets: [query('shop_memory', '{{process}}')],
    ...values({ unit: 'bytes' }),
  }),
]

/** States over time, and a table. */
export const states = () => [
  panel('state-timeline', 'Queues', [8, 14, 8, 8], {
    targets: [query('shop_states', '{{queue}}')],
    ...values({
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
    }),
  }),
  panel('table', 'Is the data right?', [16, 14, 8, 8], {
    targets: [query('shop_verdict{arm="before"}', '', { ...instant, format: 'table' })],
    transformations: [
      {
        id: 'organize',
        options: {
          excludeByName: { Time: true, __name__: true, run: true },
          renameByName: { checker: 'Checker', Value: 'Before' },
        },
      },
    ],
    ...values({ custom: { cellOptions: { type: 'color-text' } }, mappings: verdicts }),
  }),
]

/** What the viewer must refuse in words, and what has no data. */
export const refused = () => [
  panel('heatmap', 'A kind that is not known', [0, 23, 6, 5], {
    targets: [query('shop_latency', '')],
  }),
  panel('timeseries', 'A query that is wrong', [6, 23, 6, 5], { targets: [query('rate(!!)', '')] }),
  panel('stat', 'JSON that is wrong', [12, 23, 4, 5], { targets: [{ expr: 7 }] }),
  panel('timeseries', 'Stacked', [16, 23, 4, 5], {
    targets: [query('shop_memory', '')],
    ...values({ custom: { stacking: { mode: 'normal' } } }),
  }),
  panel('timeseries', 'Nothing there', [20, 23, 4, 5], {
    targets: [query('absent_metric', '')],
    ...values({ noValue: 'No fault, no figure' }),
  }),
]
