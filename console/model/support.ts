import { z } from 'zod'

type Plain = string | number | boolean

/** A setting that is checked, not read: with another value the picture would be another. */
export const only = (...values: [Plain, ...Plain[]]) =>
  z
    .literal(values, {
      error: ({ input }) => `${JSON.stringify(input)} is not supported, only ${values.join(', ')}`,
    })
    .nullish()

/** A setting that must be left out. */
export const never = z.null({ error: 'is not supported' }).optional()

/** A list that must be left out or empty. */
export const empty = z.array(z.unknown()).max(0, 'is not supported').nullish()

/** Settings that are checked, not read: each has its one value, or is what its schema says. */
export const fixed = (settings: Record<string, Plain | z.ZodType>) =>
  z
    .object(
      Object.fromEntries(
        Object.entries(settings).map(([name, value]) => {
          return [name, value instanceof z.ZodType ? value : only(value)]
        }),
      ),
    )
    .optional()

/** Every flaw with the place where it is: `targets.0.expr: Invalid input: expected string`. */
export const flawsIn = (error: z.ZodError): string[] =>
  error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join('.')}: ${message}`,
  )
