import { z } from 'zod'

/** What Stampede reads of a classic Grafana dashboard; everything else is kept and passed over. */

const datasource = z.object({ type: z.string(), uid: z.string() })

const target = z.looseObject({
  refId: z.string(),
  expr: z.string(),
  legendFormat: z.string(),
  datasource,
  format: z.enum(['time_series', 'table']).optional(),
  instant: z.boolean().optional(),
  range: z.boolean().optional(),
})

const gridPos = z.object({
  x: z.int().min(0),
  y: z.int().min(0),
  w: z.int().min(1).max(24),
  h: z.int().min(1),
})

const place = { id: z.int().min(1), title: z.string().min(1), gridPos }

const row = z.looseObject({ ...place, type: z.literal('row'), collapsed: z.literal(false) })

const text = z.looseObject({
  ...place,
  type: z.literal('text'),
  options: z.looseObject({ mode: z.literal('markdown'), content: z.string().min(1) }),
})

const graph = z.looseObject({
  ...place,
  type: z.enum(['timeseries', 'stat', 'table', 'state-timeline']),
  description: z.string().optional(),
  datasource: datasource.optional(),
  targets: z.array(target).min(1),
  fieldConfig: z.looseObject({ defaults: z.looseObject({ unit: z.string().optional() }) }),
})

const variable = z.looseObject({
  name: z.string().regex(/^\w+$/),
  type: z.enum(['datasource', 'query']),
  query: z.string(),
  datasource: datasource.optional(),
  allValue: z.string().optional(),
  multi: z.boolean().optional(),
  includeAll: z.boolean().optional(),
  current: z
    .object({ value: z.union([z.string(), z.array(z.string())]) })
    .loose()
    .optional(),
})

const annotation = z.looseObject({
  name: z.string(),
  datasource,
  enable: z.boolean(),
  expr: z.string(),
  titleFormat: z.string(),
})

export const boardSchema = z.looseObject({
  uid: z.string().regex(/^[a-z0-9-]{1,40}$/),
  title: z.string().min(1),
  editable: z.boolean(),
  tags: z.array(z.string()),
  links: z.array(z.looseObject({ type: z.string() })),
  templating: z.object({ list: z.array(variable) }),
  annotations: z.object({ list: z.array(annotation) }),
  panels: z.array(z.discriminatedUnion('type', [row, text, graph])).min(1),
})

export type Board = z.infer<typeof boardSchema>
export type Panel = Board['panels'][number]
export type GraphPanel = z.infer<typeof graph>
export type Variable = z.infer<typeof variable>
