import type { OpenAPIHono } from '@hono/zod-openapi'
import { type Context, Hono } from 'hono'
import type { z } from 'zod'
import { assertReadable, readText } from './body.ts'
import { readJson, UnreadableJson } from './json-text.ts'
import { logError } from './log.ts'
import { answerOther, methodProblems, methodsOf } from './methods.ts'
import { definite, flawsIn, KnownProblem, problemsOf, toResponse } from './problem.ts'
import { requestIdOf } from './request-id.ts'

/** What each process beside the shop (ticket server, pretend bank) may refuse a request for. */
export const inputProblems = {
  ...definite(400, {
    'bad-json': {
      title: 'The body is not JSON',
      doc: 'The body cannot be parsed, or two parsers could understand it differently.',
    },
    'bad-input': {
      title: 'The input is not valid',
      doc: 'The body, a header or a part of the path breaks its schema; `errors` lists every flaw.',
    },
  }),
  ...methodProblems,
  ...definite(404, {
    'no-such-route': {
      title: 'There is no such route',
      doc: 'The path is not one of this process.',
    },
  }),
}

const InputProblem = problemsOf(inputProblems)

/** An app without routes; its failures, and what no route takes, are application/problem+json. */
export const peerApp = (): Hono => refusing(new Hono())

/** The same for an app that describes its routes. */
export function refusing<App extends Hono | OpenAPIHono>(given: App): App {
  const app = given as Hono
  const methods = methodsOf(app.routes)
  const refuse = (error: Error, { req }: Context) => toResponse(error, requestIdOf(req.raw.headers))
  app.onError((error, c) => {
    // The text of an unexpected error stays in the log.
    if (!(error instanceof KnownProblem)) logError('unexpected', error)
    return refuse(error, c)
  })
  app.notFound((c) => {
    const allowed = methods(c.req.path)
    if (allowed.length === 0) return refuse(new InputProblem('no-such-route'), c)
    return answerOther(c.req.method, allowed, () =>
      refuse(new InputProblem('method-not-allowed'), c),
    )
  })
  return given
}

/** The JSON body as `schema` has it. Throws a 4xx that names the bad fields. */
export async function readBody<Schema extends z.ZodType>(
  { req }: Context,
  schema: Schema,
): Promise<z.output<Schema>> {
  assertReadable(req.raw.headers)
  try {
    return check(schema, readJson(await readText(req.raw)), 'body')
  } catch (cause) {
    if (cause instanceof KnownProblem) throw cause
    const field = cause instanceof UnreadableJson ? cause.field : 'body'
    throw new InputProblem('bad-json', { field, cause })
  }
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
