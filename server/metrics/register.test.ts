import { describe, expect, test } from 'bun:test'
import { collectDefaultMetrics, Registry } from 'prom-client'
import { hotCounter, hotHistogram } from './hot.ts'
import { createRegistry, processMetrics } from './process.ts'
import { type Readings, registerMetrics } from './register.ts'
import { counter, gauge, histogram, type MetricTable } from './table.ts'

const table = {
  waiting: gauge('How many wait.'),
  unknown: gauge('What is not known.'),
  eaten_total: counter('Things eaten, by kind.', { kind: ['pear', 'plum'] }),
  seen_total: {
    type: 'untyped' as const,
    help: 'Seen, "by" pair.\nTwo lines.',
    labels: { a: [], b: [] },
  },
  took_seconds: histogram('Time taken.', [0.1, 1], { kind: ['pear', 'plum'] }),
} satisfies MetricTable

describe('a table of metrics', () => {
  test('is scraped as it says: types, help, labels and values', async () => {
    const registry = new Registry()
    const eaten = hotCounter(table.eaten_total)
    const took = hotHistogram(table.took_seconds)
    registerMetrics(registry, table, {
      waiting: () => 3,
      unknown: () => undefined,
      eaten_total: eaten.read,
      seen_total: () => [{ labels: { a: 'x', b: 2 }, value: Number.NaN }],
      took_seconds: took.read,
    })
    const { pear } = eaten.each('kind')
    pear()
    pear()
    for (const seconds of [0.1, 0.2, 7]) took.series({ kind: 'plum' })(seconds)
    expect(await registry.metrics()).toBe(`# HELP waiting How many wait.
# TYPE waiting gauge
waiting 3

# HELP unknown What is not known.
# TYPE unknown gauge

# HELP eaten_total Things eaten, by kind.
# TYPE eaten_total counter
eaten_total{kind="pear"} 2
eaten_total{kind="plum"} 0

# HELP seen_total Seen, "by" pair.\\nTwo lines.
# TYPE seen_total untyped
seen_total{a="x",b="2"} Nan

# HELP took_seconds Time taken.
# TYPE took_seconds histogram
took_seconds_bucket{kind="pear",le="0.1"} 0
took_seconds_bucket{kind="pear",le="1"} 0
took_seconds_bucket{kind="pear",le="+Inf"} 0
took_seconds_sum{kind="pear"} 0
took_seconds_count{kind="pear"} 0
took_seconds_bucket{kind="plum",le="0.1"} 1
took_seconds_bucket{kind="plum",le="1"} 2
took_seconds_bucket{kind="plum",le="+Inf"} 3
took_seconds_sum{kind="plum"} 7.3
took_seconds_count{kind="plum"} 3
`)
  })

  test('is registered once, and only with a reading for each metric', () => {
    const registry = new Registry()
    const one = { waiting: table.waiting }
    registerMetrics(registry, one, { waiting: () => 1 })
    expect(() => registerMetrics(registry, one, { waiting: () => 1 })).toThrow('waiting')
    // @ts-expect-error: the others are not read
    const incomplete: Readings<typeof table> = { waiting: () => 1 }
    expect(incomplete).not.toHaveProperty('eaten_total')
  })
})

test('what prom-client adds by itself is declared as prom-client has it', async () => {
  const theirs = new Registry()
  collectDefaultMetrics({ register: theirs })
  const heads = await theirs.getMetricsAsJSON()
  const { stampede_event_loop_lag_seconds: ours, ...declared } = processMetrics
  for (const [name, { type, help }] of Object.entries(declared)) {
    expect(heads.find((head) => head.name === name)).toMatchObject({ help, type: type as never })
  }
  const registered = createRegistry('after').getMetricsAsArray()
  expect(registered.map(({ name }) => name).sort()).toEqual(Object.keys(processMetrics).sort())
  expect(ours.type).toBe('gauge')
})
