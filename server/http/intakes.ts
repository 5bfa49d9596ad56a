import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { IntakeTaken } from '../designs/admission/admission.ts'
import {
  type IntakeState,
  intakeStatuses,
  readIntake,
} from '../designs/admission/queued/intakes.ts'
import type { FlowCtx } from '../designs/flow-ctx.ts'
import { idSchema, orderSchema } from '../flows/shapes.ts'
import { get, ok } from './describe-route.ts'
import { mount } from './endpoint.ts'
import type { RouteDeps } from './route-deps.ts'
import { idParameter, problemSchema } from './schemas.ts'

/** Its id has a name of its own: only an order has `id`. */
export const intakeSchema = z
  .object({
    intakeId: idSchema,
    status: z.enum(intakeStatuses).openapi({ description: 'waiting: ask again later' }),
    order: orderSchema.optional(),
    problem: problemSchema.optional(),
  })
  .openapi('Intake')

/** Most orders are placed by then, unless there is a spike. */
const retryAfterSeconds = '1'

const read = createRoute({
  ...get('/api/v1/intakes/{id}', 'Ask what became of an order that was answered with 202'),
  request: { params: idParameter('id') },
  responses: ok(intakeSchema, 'Waiting, with `retry-after`; or placed or refused, for good'),
})

export function mountIntakes(app: OpenAPIHono, deps: RouteDeps): void {
  mount(app, deps, 'intakes.read', read, async (c, ctx) => {
    const intake = await readIntake(ctx.connections, c.req.valid('param').id ?? '')
    if (intake.status === 'waiting') c.header('retry-after', retryAfterSeconds)
    return c.json(shown(intake) as z.output<typeof intakeSchema>, 200)
  })
}

/** The answer to an order that was taken in: where to ask for it. */
export async function replyTaken(
  c: Context,
  ctx: FlowCtx,
  { id, isRepeat }: IntakeTaken,
): Promise<Response> {
  const intake: IntakeState = isRepeat
    ? await readIntake(ctx.connections, id)
    : { id, status: 'waiting', response: undefined }
  c.header('location', `/api/v1/intakes/${id}`)
  if (intake.status === 'waiting') c.header('retry-after', retryAfterSeconds)
  if (isRepeat) c.header('idempotency-replayed', 'true')
  return c.json(shown(intake), 202)
}

function shown({ id, status, response }: IntakeState): object {
  const ended = { placed: { order: response }, refused: { problem: response }, waiting: {} }
  return { intakeId: id, status, ...ended[status] }
}
