import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { axisNames } from '../designs/axes.ts'
import { parseDesign } from '../designs/design.ts'
import { withDesign, withFlag } from '../designs/flags/change.ts'
import {
  flagsOf,
  isSubject,
  type Subject,
  shadowWrites,
  subjectNames,
} from '../designs/flags/flags.ts'
import { changesOf } from '../designs/flags/history.ts'
import { Problem } from '../errors.ts'
import { ticketRange } from '../tickets/ranges.ts'
import { body, get, ok, post, put } from './describe-route.ts'
import { designsSchema, overview, shadowFlagSchema } from './design-overview.ts'
import { mount } from './endpoint.ts'
import type { RouteDeps } from './route-deps.ts'
import { wholeNumber } from './schemas.ts'

/** No controls, no halves of a surrogate pair, nothing that Unicode does not have. */
const line = (lengthMax: number) =>
  z.string().regex(new RegExp(`^\\P{C}{1,${lengthMax}}$`, 'u'), {
    message: `must be 1 to ${lengthMax} printable characters`,
  })
const reason = line(200).openapi({ example: 'the row locks queue' })
const by = line(64).openapi({ example: 'kim' })
const epochSchema = z.int().min(0).max(4_294_967_295)
const epoch = epochSchema.openapi({
  description: 'Of the design that the operator has seen: refused where it has changed since',
  example: 0,
})
const word = z.string().min(1).max(64)

const read = createRoute({
  ...get('/designs', 'All axes, their options, and the flags in force'),
  responses: ok(designsSchema, 'The designs'),
})

const write = createRoute({
  ...put('/designs', 'Set the whole design of requests without x-design, for all processes'),
  security: [{ bearer: [] }],
  request: {
    body: body(
      z
        .strictObject({
          design: z.string().min(1).max(500).openapi({ example: 'before' }),
          reason: reason.default('the whole design was set'),
          by: by.default('operator'),
          epoch: epoch.optional(),
        })
        .openapi('SetDesign'),
    ),
  },
  responses: ok(designsSchema, 'The designs'),
})

const flagBody = z
  .strictObject({
    option: word.openapi({ description: 'Of the customers who are in no share' }),
    to: word.optional().openapi({ description: 'Option of a share of the customers' }),
    percent: z.int().min(0).max(100).optional().openapi({ example: 5 }),
    seed: z.int().min(0).max(4_294_967_295).optional().openapi({
      description: 'Decides which customers; absent = as it was',
    }),
    shadow: z
      .strictObject({
        option: word,
        percent: z.int().min(0).max(100),
        writes: z
          .enum(shadowWrites)
          .optional()
          .openapi({
            description:
              'Where orders write that run again: tables of the shadow’s own (the default), or ' +
              'the shop’s in a transaction that is rolled back, for whose locks customers wait',
          }),
      })
      .optional()
      .openapi({
        description:
          'Option that runs the same requests of so many of a hundred customers again once they ' +
          'are answered, to be compared; the flag’s own option finds what differs by nature',
      }),
    provoke: z.literal(true).optional().openapi({
      description: 'Lets two sources of ids be used at once, to see what goes wrong',
    }),
    start: z.int().min(1).max(ticketRange.last).optional().openapi({
      description: 'Of a sequence that moves to another source of ids: its first id, at least',
    }),
    reason,
    by,
    epoch,
  })
  .refine(({ to, percent }) => (to === undefined) === (percent === undefined), {
    message: 'to and percent go together',
    path: ['percent'],
  })
  .refine(({ option, to }) => option !== to, { message: 'must be another option', path: ['to'] })
  .openapi('SetFlag')

const flag = createRoute({
  ...put('/designs/{axis}', 'Set the option of an axis, or of a sequence of ids, and of a share'),
  security: [{ bearer: [] }],
  request: { params: z.object({ axis: z.string() }), body: body(flagBody) },
  responses: ok(designsSchema, 'The designs'),
})

const rollback = createRoute({
  ...post('/designs/rollback', 'Go back to the design before the last change, or after another'),
  security: [{ bearer: [] }],
  request: {
    body: body(
      z
        .strictObject({
          to: epochSchema.optional().openapi({
            description: 'Change whose design to go back to; 0 = as started',
          }),
          reason,
          by,
          epoch,
        })
        .openapi('Rollback'),
    ),
  },
  responses: ok(designsSchema, 'The designs'),
})

const flagState = z.object({
  option: z.string(),
  to: z.string().optional(),
  percent: z.int(),
  shadow: shadowFlagSchema.optional(),
})

const historySchema = z
  .object({
    changes: z.array(
      z.object({
        epoch: z.int(),
        at: z.string(),
        by: z.string(),
        reason: z.string(),
        changed: z.array(
          z.object({ axis: z.string(), from: flagState.optional(), to: flagState.optional() }),
        ),
      }),
    ),
  })
  .openapi('DesignHistory')

const newest = 999_999_999

const history = createRoute({
  ...get('/designs/history', 'The changes of the design, the newest first'),
  security: [{ bearer: [] }],
  request: {
    query: z.object({ limit: wholeNumber(1, 200, 50), before: wholeNumber(1, newest, newest) }),
  },
  responses: ok(historySchema, 'The changes'),
})

/** @param canWrite false leaves only reading: without a token, no client changes the design */
export function mountDesigns(app: OpenAPIHono, deps: RouteDeps, canWrite: boolean): void {
  const { flags } = deps
  mount(app, deps, 'designs.read', read, (c) => c.json(overview(flags), 200))
  if (!canWrite) return
  mount(app, deps, 'designs.write', write, async (c) => {
    const { design, reason, by, epoch } = c.req.valid('json')
    const change = flags.change({ reason, author: by }, epoch, (current, next) =>
      withDesign(current.flags, flagsOf(parseDesign(design, current.base)), next),
    )
    await naming({ option: 'design' }, change)
    return c.json(overview(flags), 200)
  })
  mount(app, deps, 'designs.history', history, async (c) => {
    const { limit, before } = c.req.valid('query')
    return c.json({ changes: await changesOf(flags.log, before, limit) }, 200)
  })
  mount(app, deps, 'designs.flag', flag, async (c) => {
    const { reason, by, epoch, start, ...wanted } = c.req.valid('json')
    const subject = subjectOf(c.req.valid('param').axis)
    const change = flags.change(
      { reason, author: by },
      epoch,
      (current, next) => withFlag(current.flags, subject, wanted, next),
      start,
    )
    await naming({ design: 'option' }, change)
    return c.json(overview(flags), 200)
  })
  mount(app, deps, 'designs.rollback', rollback, async (c) => {
    const { to, reason, by, epoch } = c.req.valid('json')
    const wanted = await flagsBack(deps, to ?? epoch - 1)
    const change = flags.change({ reason, author: by }, epoch, (current, next) =>
      withDesign(current.flags, wanted, next),
    )
    await naming({ design: 'to', option: 'to' }, change)
    return c.json(overview(flags), 200)
  })
}

/** @throws Problem `invalid-request` for a change that there is not */
async function flagsBack({ flags }: RouteDeps, epoch: number) {
  const found = epoch < 0 ? undefined : await flags.flagsAt(epoch)
  if (found) return found
  const detail = epoch < 0 ? 'nothing was changed yet' : `there is no change ${epoch}`
  throw new Problem('invalid-request', { detail, field: 'to' })
}

const someNames = subjectNames.slice(0, axisNames.length + 1).join(', ')

function subjectOf(name: string): Subject {
  if (isSubject(name)) return name
  const detail = `"${name.slice(0, 64)}" is no axis and no sequence, such as: ${someNames}`
  throw new Problem('unknown-design', { detail, field: 'axis' })
}

/** @param fields of what is refused, by what the body calls them */
async function naming(fields: Record<string, string>, change: Promise<unknown>): Promise<void> {
  try {
    await change
  } catch (cause) {
    const field = cause instanceof Problem ? fields[cause.field ?? ''] : undefined
    if (!(cause instanceof Problem) || field === undefined) throw cause
    throw new Problem(cause.code, { detail: cause.message, field, cause })
  }
}
