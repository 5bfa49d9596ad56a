import type { Context } from 'hono'
import type { z } from 'zod'

/** A refusal by one of the processes beside the shop (ticket server, pretend bank). */
export class PeerProblem extends Error {
  override name = 'PeerProblem'

  /** `definite` false = what was asked may have happened; `field` names the bad input. */
  constructor(
    readonly status: 400 | 404 | 409 | 503 | 504,
    readonly code: string,
    detail: string,
    readonly extra: { field?: string; definite?: boolean } = {},
  ) {
    super(detail)
  }
}

/** Answers any error as `application/problem+json`; internal text stays in the log. */
export function replyProblem(error: Error, c: Context): Response {
  if (!(error instanceof PeerProblem)) console.error(error)
  const problem =
    error instanceof PeerProblem
      ? { status: error.status, code: error.code, detail: error.message, ...error.extra }
      : { status: 500 as const, code: 'internal', detail: 'internal error', definite: false }
  const { status, code } = problem
  const title = code.replaceAll('-', ' ')
  const body = { type: 'about:blank', title, definite: true, ...problem }
  return c.json(body, status, { 'content-type': 'application/problem+json' })
}

/** For `app.notFound`. */
export function replyNoRoute(c: Context): Response {
  return replyProblem(new PeerProblem(404, 'no-such-route', 'no such route'), c)
}

/** The JSON body as `schema` has it. Throws a 400 `PeerProblem` that names the first bad field. */
export async function readBody<Schema extends z.ZodType>(
  c: Context,
  schema: Schema,
): Promise<z.output<Schema>> {
  const body: unknown = await c.req.json().catch(() => {
    throw new PeerProblem(400, 'bad-json', 'the body is not JSON')
  })
  return check(schema, body, 'body')
}

/** `value` as `schema` has it. Throws a 400 `PeerProblem` naming `field` or the part inside it. */
export function check<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  field: string,
): z.output<Schema> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const inside = issue?.path.join('.') || field
  throw new PeerProblem(400, 'bad-input', `${inside}: ${issue?.message ?? 'invalid'}`, {
    field: inside,
  })
}
