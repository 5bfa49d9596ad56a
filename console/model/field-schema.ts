import { z } from 'zod'
import { isColour } from './colours.ts'
import { fixed, never, only } from './support.ts'
import { unitNames } from './units.ts'

export const colourName = z.string().refine(isColour, {
  error: ({ input }) => `${JSON.stringify(input)} is not supported, only names and #rrggbb`,
})

const reading = z.object({ text: z.string().optional(), color: colourName.optional() })

const mapping = z.discriminatedUnion(
  'type',
  [
    z.object({ type: z.literal('value'), options: z.record(z.string(), reading) }),
    z.object({
      type: z.literal('special'),
      options: z.object({ match: only('nan'), result: reading }),
    }),
  ],
  { error: 'the mapping is not supported, only value and special' },
)

const thresholds = z.object({
  mode: only('absolute'),
  // Grafana writes the base step's value as null.
  steps: z.array(z.object({ value: z.number().nullable(), color: colourName })),
})

/** How the values of a panel are read, whatever its kind; `custom` is the kind's own. */
export const fieldDefaults = <Custom extends z.ZodType>(custom: Custom) =>
  z.object({
    unit: z
      .enum(unitNames, {
        error: ({ input }) => `"${input}" is not supported, only ${unitNames.join(', ')}`,
      })
      .default('short'),
    decimals: z.int().min(0).max(12).nullable().default(null),
    min: z.number().nullable().default(null),
    max: never,
    noValue: z.string().default(''),
    displayName: never,
    color: never,
    thresholds: thresholds.default({ steps: [] }),
    mappings: z.array(mapping).default([]),
    custom,
  })

export type Mapping = z.output<typeof mapping>
export type Threshold = z.output<typeof thresholds>['steps'][number]

/** What the values of every kind of panel have. */
export type FieldDefaults = Omit<z.output<ReturnType<typeof fieldDefaults>>, 'custom'>

const lineStyle = z.object({ fill: only('solid', 'dash'), dash: z.array(z.number()).default([]) })

const property = z.discriminatedUnion(
  'id',
  [
    z.object({
      id: z.literal('color'),
      value: z.object({ mode: only('fixed'), fixedColor: colourName }),
    }),
    z.object({ id: z.literal('custom.lineStyle'), value: lineStyle }),
    z.object({ id: z.literal('custom.lineWidth'), value: z.number().min(0).max(20) }),
  ],
  { error: 'the property is not supported, only color, custom.lineStyle and custom.lineWidth' },
)

/** Another look for the series of one query. */
export const override = z.object({
  matcher: z.object({ id: only('byFrameRefID'), options: z.string() }),
  properties: z.array(property),
})

/** How lines are drawn. What Grafana would draw otherwise than as plain lines is refused. */
export const lineSettings = z
  .object({
    lineWidth: z.number().min(0).max(20).default(1.5),
    fillOpacity: z.number().min(0).max(100).default(0),
    thresholdsStyle: z
      .object({ mode: only('off', 'dashed') })
      .transform(({ mode }) => mode === 'dashed')
      .default(false),
    drawStyle: only('line'),
    lineInterpolation: only('linear'),
    showPoints: only('never'),
    spanNulls: only(false),
    stacking: fixed({ mode: 'none' }),
    scaleDistribution: fixed({ type: 'linear' }),
    axisPlacement: only('auto'),
    axisSoftMin: never,
    axisSoftMax: never,
  })
  .prefault({})
