import { z } from 'zod'

const valueResult = z.object({
  text: z.string().optional(),
  color: z.string().optional(),
  index: z.number().optional(),
})

const mapping = z.discriminatedUnion('type', [
  z.object({ type: z.literal('value'), options: z.record(z.string(), valueResult) }),
  z.object({
    type: z.literal('range'),
    options: z.object({
      from: z.number().nullable().default(null),
      to: z.number().nullable().default(null),
      result: valueResult,
    }),
  }),
  z.object({
    type: z.literal('regex'),
    options: z.object({ pattern: z.string(), result: valueResult }),
  }),
  z.object({
    type: z.literal('special'),
    options: z.object({
      match: z.enum(['true', 'false', 'null', 'nan', 'null+nan', 'empty']),
      result: valueResult,
    }),
  }),
])

const thresholds = z.object({
  mode: z.enum(['absolute', 'percentage']).default('absolute'),
  // Grafana writes the base step's value as null.
  steps: z.array(z.object({ value: z.number().nullable().default(null), color: z.string() })),
})

const custom = z.object({
  drawStyle: z.enum(['line', 'bars', 'points']).optional(),
  lineWidth: z.number().min(0).max(20).optional(),
  lineInterpolation: z.enum(['linear', 'smooth', 'stepBefore', 'stepAfter']).optional(),
  lineStyle: z
    .object({
      fill: z.enum(['solid', 'dash', 'dot', 'square']).optional(),
      dash: z.array(z.number()).optional(),
    })
    .optional(),
  fillOpacity: z.number().min(0).max(100).optional(),
  showPoints: z.enum(['auto', 'never', 'always']).optional(),
  pointSize: z.number().optional(),
  spanNulls: z.union([z.boolean(), z.number()]).optional(),
  stacking: z
    .object({
      mode: z.enum(['none', 'normal', 'percent']).optional(),
      group: z.string().optional(),
    })
    .optional(),
  axisLabel: z.string().optional(),
  axisPlacement: z.enum(['auto', 'left', 'right', 'hidden']).optional(),
  axisSoftMin: z.number().optional(),
  axisSoftMax: z.number().optional(),
  scaleDistribution: z
    .object({ type: z.enum(['linear', 'log', 'ordinal', 'symlog']), log: z.number().optional() })
    .optional(),
  thresholdsStyle: z.object({ mode: z.string() }).optional(),
  hideFrom: z
    .object({
      viz: z.boolean().optional(),
      legend: z.boolean().optional(),
      tooltip: z.boolean().optional(),
    })
    .optional(),
  width: z.number().optional(),
  align: z.enum(['auto', 'left', 'center', 'right']).optional(),
  cellOptions: z.object({ type: z.string() }).optional(),
})

/** How one series or column is read and drawn; every part may be left out. */
export const fieldSettings = z.object({
  unit: z.string().optional(),
  decimals: z.number().int().min(0).max(12).nullish(),
  min: z.number().nullish(),
  max: z.number().nullish(),
  displayName: z.string().optional(),
  noValue: z.string().optional(),
  color: z.object({ mode: z.string(), fixedColor: z.string().optional() }).optional(),
  thresholds: thresholds.optional(),
  mappings: z.array(mapping).optional(),
  custom: custom.optional(),
})

export type FieldSettings = z.output<typeof fieldSettings>
export type Thresholds = z.output<typeof thresholds>
export type Mapping = z.output<typeof mapping>

const matcher = z.object({ id: z.string(), options: z.unknown().optional() })

/** An override's properties (`custom.lineWidth`, `unit` …) become one partial `FieldSettings`. */
const override = z
  .object({
    matcher,
    properties: z.array(z.object({ id: z.string(), value: z.unknown().optional() })),
  })
  .transform(({ matcher, properties }, context) => {
    const patch = fieldSettings.safeParse(nested(properties))
    if (patch.success) return { matcher, patch: patch.data }
    const [issue] = patch.error.issues
    context.addIssue({
      code: 'custom',
      path: ['properties'],
      message: `${issue?.path.join('.')}: ${issue?.message}`,
    })
    return z.NEVER
  })

/** `[{id: 'custom.width', value: 3}]` as `{custom: {width: 3}}`. */
function nested(properties: { id: string; value?: unknown }[]): Record<string, unknown> {
  const settings: Record<string, unknown> = {}
  const custom: Record<string, unknown> = {}
  for (const { id, value } of properties) {
    if (id.startsWith('custom.')) custom[id.slice('custom.'.length)] = value
    else settings[id] = value
  }
  return Object.keys(custom).length > 0 ? { ...settings, custom } : settings
}

export const fieldConfig = z.object({
  defaults: fieldSettings.default({}),
  overrides: z.array(override).default([]),
})

export type FieldConfig = z.output<typeof fieldConfig>
