import { z } from 'zod'
import { fieldConfig } from './field-schema.ts'

const gridPos = z.object({
  x: z.int().min(0).max(23),
  y: z.int().min(0),
  w: z.int().min(1).max(24),
  h: z.int().min(1).max(100),
})

const datasource = z.union([z.string(), z.object({ type: z.string().optional() })]).nullish()

const target = z.object({
  refId: z.string().default(''),
  expr: z.string().min(1, 'the query is empty'),
  legendFormat: z.string().default('__auto'),
  instant: z.boolean().default(false),
  range: z.boolean().optional(),
  format: z.enum(['time_series', 'table', 'heatmap']).default('time_series'),
  interval: z.string().default(''),
  hide: z.boolean().default(false),
  datasource,
})

const link = z.object({
  title: z.string().default(''),
  url: z.string().default(''),
  targetBlank: z.boolean().default(false),
})

/** What panels of every kind have. */
const common = z.object({
  id: z.number().default(0),
  type: z.string(),
  title: z.string().default(''),
  description: z.string().default(''),
  gridPos,
  datasource,
  targets: z.array(target).default([]),
  fieldConfig: fieldConfig.default({ defaults: {}, overrides: [] }),
  transformations: z
    .array(
      z.object({
        id: z.string(),
        disabled: z.boolean().default(false),
        options: z.record(z.string(), z.unknown()).default({}),
      }),
    )
    .default([]),
  interval: z.string().nullish(),
  timeFrom: z.string().nullish(),
  timeShift: z.string().nullish(),
  maxDataPoints: z.number().positive().nullish(),
  repeat: z.string().nullish(),
  repeatDirection: z.enum(['h', 'v']).default('h'),
  links: z.array(link).default([]),
})

const legend = z
  .object({
    showLegend: z.boolean().default(true),
    displayMode: z.enum(['list', 'table', 'hidden']).default('list'),
    placement: z.enum(['bottom', 'right']).default('bottom'),
    calcs: z.array(z.string()).default([]),
  })
  .prefault({})

const tooltip = z
  .object({
    mode: z.enum(['single', 'multi', 'none']).default('multi'),
    sort: z.enum(['none', 'asc', 'desc']).default('none'),
  })
  .prefault({})

const optionsOf = {
  timeseries: z.object({ legend, tooltip }),
  stat: z.object({
    graphMode: z.enum(['none', 'area', 'line']).default('area'),
    colorMode: z.enum(['none', 'value', 'background', 'background_solid']).default('value'),
    textMode: z.enum(['auto', 'value', 'value_and_name', 'name', 'none']).default('auto'),
    reduceOptions: z.object({ calcs: z.array(z.string()).default(['lastNotNull']) }).prefault({}),
    orientation: z.enum(['auto', 'horizontal', 'vertical']).default('auto'),
  }),
  table: z.object({
    showHeader: z.boolean().default(true),
    sortBy: z
      .array(z.object({ displayName: z.string(), desc: z.boolean().default(false) }))
      .default([]),
  }),
  'state-timeline': z.object({
    mergeValues: z.boolean().default(true),
    showValue: z.enum(['auto', 'always', 'never']).default('auto'),
    rowHeight: z.number().min(0.1).max(1).default(0.9),
    legend,
  }),
  text: z.object({
    mode: z.enum(['markdown', 'html', 'code']).default('markdown'),
    content: z.string().default(''),
  }),
} as const

export type KnownKind = keyof typeof optionsOf
type Common = z.output<typeof common>
export type Target = z.output<typeof target>
export type Legend = z.output<typeof legend>
export type GridPosition = z.output<typeof gridPos>
export type OptionsOf<Kind extends KnownKind> = z.output<(typeof optionsOf)[Kind]>

/** A panel that this viewer can draw. */
export type PanelOf<Kind extends KnownKind> = Common & { kind: Kind; options: OptionsOf<Kind> }

/** `unknown`: a kind that this viewer does not draw; `wrong`: JSON that `problem` complains of. */
export type PanelView =
  | { [Kind in KnownKind]: PanelOf<Kind> }[KnownKind]
  | (Placed & { kind: 'unknown'; type: string })
  | (Placed & { kind: 'wrong'; problem: string })

interface Placed {
  id: number
  title: string
  description: string
  gridPos: GridPosition
}

const isKnown = (type: string): type is KnownKind => Object.hasOwn(optionsOf, type)

/** A panel of the dashboard JSON. What is wrong with it becomes a panel that says so. */
export function parsePanel(json: unknown): PanelView {
  const parsed = common.safeParse(json)
  if (!parsed.success) return { ...placed(json), kind: 'wrong', problem: firstIssue(parsed.error) }
  const panel = parsed.data
  const foreign = foreignSource(panel)
  if (foreign) return { ...panel, kind: 'wrong', problem: foreign }
  if (!isKnown(panel.type)) return { ...placed(panel), kind: 'unknown', type: panel.type }
  const { options } = z.object({ options: z.unknown().optional() }).parse(json)
  const own = optionsOf[panel.type].safeParse(options ?? {})
  if (!own.success) {
    return { ...panel, kind: 'wrong', problem: `options.${firstIssue(own.error)}` }
  }
  // The cast ties `kind` to its own schema's output, which the lookup above has just done.
  return { ...panel, kind: panel.type, options: own.data } as PanelView
}

/** Where a panel whose JSON is wrong can still be shown. */
function placed(json: unknown): Placed {
  const loose = z.object({
    id: z.number().catch(0),
    title: z.string().catch(''),
    description: z.string().catch(''),
    gridPos: gridPos.catch({ x: 0, y: 0, w: 24, h: 4 }),
  })
  const parsed = loose.safeParse(json)
  return parsed.success
    ? parsed.data
    : { id: 0, title: '', description: '', gridPos: { x: 0, y: 0, w: 24, h: 4 } }
}

function foreignSource(panel: Common): string | null {
  for (const source of [panel.datasource, ...panel.targets.map((one) => one.datasource)]) {
    const type = typeof source === 'string' ? source : (source?.type ?? 'prometheus')
    const ours = type === 'prometheus' || type.startsWith('$') || !type.startsWith('-- ')
    if (!ours || type === '__expr__') return `datasource: ${type} is not Prometheus`
  }
  return null
}

/** `targets.0.expr: Invalid input: expected string`. */
export function firstIssue(error: z.ZodError): string {
  const [issue] = error.issues
  const path = issue?.path.join('.') ?? ''
  const message = issue?.message ?? 'invalid'
  return path === '' ? message : `${path}: ${message}`
}
