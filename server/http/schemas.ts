import { z } from '@hono/zod-openapi'
import { idSchema } from '../flows/shapes.ts'
import { flawsMax } from '../problem.ts'

export const amountSchema = z.int().min(1).max(1_000_000_000_00).openapi({ example: 50_000 })

/** A whole number in a query, in plain digits; `Number` alone would take `0x10` and `1e1` too. */
export const wholeNumber = (minimum: number, maximum: number, fallback: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.int().min(minimum).max(maximum))
    .default(fallback)
    .openapi({ type: 'integer', minimum, maximum, default: fallback })

const dayMs = 24 * 3600 * 1000
/** Days of a range, both ends included: a quarter of a year at its longest. */
const rangeDaysMax = 92
const firstDay = '1970-01-01'

const day = z.iso
  .date('must be a day, YYYY-MM-DD')
  .refine((text) => text >= firstDay, `must not be before ${firstDay}`)
  .openapi({ example: '2026-01-31' })

/** Query of a range of days, with what else the query has. */
export const dayRange = <Shape extends z.ZodRawShape>(others: Shape) =>
  z.object({ from: day, to: day, ...others }).superRefine((range, context) => {
    const { from, to } = range as unknown as { from: string; to: string }
    const days = (Date.parse(to) - Date.parse(from)) / dayMs + 1
    const complain = (message: string) =>
      context.addIssue({ code: 'custom', path: ['to'], message })
    if (days < 1) complain('must not be before from')
    if (days > rangeDaysMax) complain(`must be within ${rangeDaysMax} days`)
  })

export const idParameter = (name: string) =>
  z.object({ [name]: idSchema.openapi({ param: { name, in: 'path' } }) })

export const keyHeader = z.object({
  'idempotency-key': z
    .string()
    .optional()
    .openapi({
      // Missing has a code of its own, so the schema lets it pass and `once` refuses it.
      param: { required: true },
      description: 'Required. 1 to 80 characters; a repeat with the same key is answered once.',
      example: 'rehearsal-7-o',
    }),
})

export const productSchema = z
  .object({
    id: idSchema,
    name: z.string(),
    options: z.array(
      z.object({ id: idSchema, name: z.string(), priceMinor: z.int(), stock: z.int() }),
    ),
  })
  .openapi('Product')

export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string().openapi({ example: 'sold-out' }),
    detail: z.string(),
    definite: z.boolean().openapi({ description: 'true: it surely did not happen' }),
    field: z.string().optional().openapi({ description: 'The first thing that is at fault' }),
    errors: z
      .array(z.object({ field: z.string(), detail: z.string() }))
      .max(flawsMax)
      .optional()
      .openapi({ description: 'Every flaw of the input, where it breaks its schema' }),
    requestId: z.string(),
  })
  .openapi('Problem')

/** Printable ASCII: half a surrogate pair is a string to JSON and an error to the database. */
export const cardTokenSchema = z
  .string()
  .regex(/^[\x20-\x7e]{1,64}$/, 'must be 1 to 64 printable characters')
  .openapi({ example: 'card-ok' })

/** How to pay: a card needs its token, a balance needs nothing. */
export const payWithSchema = z.discriminatedUnion('method', [
  z.strictObject({ method: z.literal('balance') }),
  z.strictObject({ method: z.literal('card'), cardToken: cardTokenSchema }),
])
