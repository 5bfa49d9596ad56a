import type { Context } from 'hono'
import type { z } from 'zod'
import { logError } from './log.ts'
import { definite, flawsIn, KnownProblem, problemsOf, toResponse } from './problem.ts'

/** What each process beside the shop (ticket server, pretend bank) may refuse a request for. */
const InputProblem = problemsOf({
  ...definite(400, {
    'bad-json': { title: 'The body is not JSON', doc: 'The body cannot be parsed.' },
    'bad-input': {
      title: 'The input is not valid',
      doc: 'The body, a header or a part of the path breaks its schema; `errors` lists every flaw.',
    },
  }),
  ...definite(404, {
    'no-such-route': {
      title: 'There is no such route',
      doc: 'The path or the method is not one of this process.',
    },
  }),
})

/** For `app.onError`: any error as problem+json; the text of an unexpected one stays in the log. */
export function replyProblem(error: Error): Response {
  if (!(error instanceof KnownProblem)) logError('unexpected', error)
  return toResponse(error)
}

/** For `app.notFound`. */
export const replyNoRoute = (): Response => toResponse(new InputProblem('no-such-route'))

/** The JSON body as `schema` has it. Throws a 400 that names the bad fields. */
export async function readBody<Schema extends z.ZodType>(
  c: Context,
  schema: Schema,
): Promise<z.output<Schema>> {
  const body: unknown = await c.req.json().catch(() => {
    throw new InputProblem('bad-json')
  })
  return check(schema, body, 'body')
}

/** `value` as `schema` has it. Throws a 400 that names `field`, or the bad parts inside it. */
export function check<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  field: string,
): z.output<Schema> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new InputProblem('bad-input', flawsIn(parsed.error.issues, field))
}
