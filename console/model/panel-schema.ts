import { z } from 'zod'
import { fieldDefaults, lineSettings, override } from './field-schema.ts'
import { unsupportedReferences } from './interpolate.ts'
import { empty, fixed, flawsIn, never, only } from './support.ts'

const place = z.object({
  x: z.int().min(0).max(23),
  y: z.int().min(0),
  w: z.int().min(1).max(24),
  h: z.int().min(1).max(100),
})

const datasource = z.object({ type: only('prometheus') }).nullish()

const target = z.object({
  refId: z.string().default('A'),
  expr: z
    .string()
    .min(1, 'the query is empty')
    .refine((expr) => unsupportedReferences(expr).length === 0, {
      error: ({ input }) => `${unsupportedReferences(String(input)).join(', ')} is not supported`,
    }),
  legendFormat: z.string().default(''),
  instant: z.boolean().default(false),
  format: only('time_series'),
  interval: never,
  hide: only(false),
  datasource,
})

/** What panels of every kind have. */
const common = {
  id: z.number().default(0),
  title: z.string().default(''),
  description: z.string().default(''),
  gridPos: place,
  datasource,
  links: empty,
  repeat: never,
  interval: never,
  timeFrom: never,
  timeShift: never,
  maxDataPoints: never,
}

/** What panels have that ask Prometheus. */
const asking = { ...common, targets: z.array(target).min(1), transformations: empty }

const plainFields = z
  .object({ defaults: fieldDefaults(z.unknown().optional()).prefault({}), overrides: empty })
  .prefault({})

const timeseries = z.object({
  ...asking,
  type: z.literal('timeseries'),
  fieldConfig: z
    .object({
      defaults: fieldDefaults(lineSettings).prefault({}),
      overrides: z.array(override).default([]),
    })
    .prefault({}),
  options: fixed({
    legend: fixed({ showLegend: true, displayMode: 'list', placement: 'bottom', calcs: empty }),
    tooltip: fixed({ mode: 'multi', sort: 'desc' }),
  }),
})

const stat = z.object({
  ...asking,
  type: z.literal('stat'),
  fieldConfig: plainFields,
  options: fixed({
    ...{ graphMode: 'none', colorMode: 'value', textMode: 'value_and_name' },
    ...{ orientation: 'vertical', reduceOptions: fixed({ calcs: z.array(only('lastNotNull')) }) },
  }),
})

const organize = z.object({
  id: only('organize'),
  disabled: only(false),
  options: z.object({
    excludeByName: z.record(z.string(), z.boolean()).default({}),
    renameByName: z.record(z.string(), z.string()).default({}),
    includeByName: z.strictObject({}).optional(),
    indexByName: z.strictObject({}).optional(),
  }),
})

/** Of the colours of a table's cells only that of the text. */
const coloured = fixed({ cellOptions: fixed({ type: 'color-text' }) })

const table = z.object({
  ...asking,
  type: z.literal('table'),
  targets: z.tuple([target.extend({ instant: z.literal(true), format: only('table') })]),
  fieldConfig: z
    .object({ defaults: fieldDefaults(coloured).prefault({}), overrides: empty })
    .prefault({}),
  transformations: z.array(organize).default([]),
  options: fixed({ showHeader: true, sortBy: empty }),
})

const stateTimeline = z.object({
  ...asking,
  type: z.literal('state-timeline'),
  fieldConfig: plainFields,
  options: z
    .object({
      mergeValues: only(true),
      showValue: only('never'),
      rowHeight: z.number().min(0.1).max(1).default(0.9),
      legend: fixed({ showLegend: false }),
    })
    .prefault({}),
})

const text = z.object({
  ...common,
  type: z.literal('text'),
  options: z.object({ mode: only('markdown'), content: z.string() }),
})

const kinds = ['timeseries', 'stat', 'table', 'state-timeline', 'text'] as const
const panel = z.discriminatedUnion('type', [timeseries, stat, table, stateTimeline, text], {
  error: ({ input }) => {
    const { type } = z
      .object({ type: z.string().catch('') })
      .catch({ type: '' })
      .parse(input)
    return `"${type}" is not supported, only ${kinds.join(', ')}`
  },
})

export type PanelKind = (typeof kinds)[number]
export type Target = z.output<typeof target>
export type GridPosition = z.output<typeof place>
export type PanelOf<Kind extends PanelKind> = Extract<z.output<typeof panel>, { type: Kind }>
/** A panel with queries. */
export type AskingPanel = PanelOf<Exclude<PanelKind, 'text'>>

/** A panel that this viewer does not draw, with every reason. */
export interface RefusedPanel {
  type: 'refused'
  id: number
  title: string
  description: string
  gridPos: GridPosition
  flaws: string[]
}

export type Panel = z.output<typeof panel> | RefusedPanel

/** Where a panel is shown that cannot be drawn. */
const placed = z.object({
  id: z.number().catch(0),
  title: z.string().catch(''),
  description: z.string().catch(''),
  gridPos: place.catch({ x: 0, y: 0, w: 24, h: 4 }),
})

/** A panel of the dashboard JSON. What is wrong or not supported becomes a panel that says so. */
export function parsePanel(json: unknown): Panel {
  const parsed = panel.safeParse(json)
  if (parsed.success) return parsed.data
  return refusedPanel(json, flawsIn(parsed.error))
}

export const refusedPanel = (json: unknown, flaws: string[]): RefusedPanel => ({
  ...placed.catch(placed.parse({})).parse(json),
  type: 'refused',
  flaws,
})
