import type { Context } from 'hono'
import type { FlowCtx } from '../designs/flow-ctx.ts'
import { Problem, type ProblemCode } from '../errors.ts'
import { parseJson } from '../parse-json.ts'
import { toResponse } from '../problem.ts'
import { requestIdOf } from '../request-id.ts'
import type { RouteName } from '../route-names.ts'
import { comparable, type ShadowAnswer } from '../shadow/compare.ts'
import type { RouteDeps } from './route-deps.ts'

/** Of the machine, not of the option: nothing can be compared. */
const unavailable: readonly ProblemCode[] = [
  ...(['pool-exhausted', 'database-unavailable', 'lock-contention', 'deadline-exceeded'] as const),
  ...(['commit-unknown', 'ids-unavailable', 'stock-unavailable'] as const),
]

/**
 * Has the answer compared with those of the request's shadows, once it is sent.
 * @param handle runs the request in another context
 */
export function offerToShadows(
  { shadows }: RouteDeps,
  route: RouteName,
  c: Context,
  response: Response,
  handle: (ctx: FlowCtx) => Response | Promise<Response>,
): void {
  const { design, shadows: wanted = [] } = c.get('chosen') ?? {}
  if (!shadows || !design || wanted.length === 0 || response.status >= 429) return
  const copy = response.clone()
  let read: Promise<ShadowAnswer> | undefined
  const requestId = requestIdOf(c.req.raw.headers)
  const served = () => {
    read ??= answerOf(copy)
    return read
  }
  const run = async (ctx: FlowCtx) => {
    try {
      return await answerOf(await handle(ctx))
    } catch (error) {
      if (error instanceof Problem && unavailable.includes(error.code)) throw error
      return await answerOf(toResponse(error, requestId))
    }
  }
  const body = async () => parseJson(await c.req.text())
  const job = { route, design, requestId, served, run, body }
  for (const shadow of wanted) shadows.offer({ ...job, shadow })
}

const answerOf = async (response: Pick<Response, 'status' | 'text'>): Promise<ShadowAnswer> =>
  comparable(response.status, await response.text())
