import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { DesignFlags } from '../designs/flags/design-flags.ts'
import { shadowWrites } from '../designs/flags/flags.ts'
import type { ShadowRecord } from '../shadow/record.ts'
import type { Shadows } from '../shadow/shadows.ts'
import { get, ok } from './describe-route.ts'
import { mount } from './endpoint.ts'
import type { RouteDeps } from './route-deps.ts'

const counts = z.array(z.object({ field: z.string(), requests: z.int() }))

const shadowsSchema = z
  .object({
    shadows: z.array(
      z.object({
        axis: z.string(),
        option: z.string(),
        percent: z.int(),
        writes: z.enum(shadowWrites).optional(),
        epoch: z.int().openapi({ description: 'Change that set it; counted since then' }),
        floorPairs: z.int().openapi({
          description: 'Requests in which the served option was compared with itself',
        }),
        outcomes: z.record(z.string(), z.int()).openapi({
          description: 'Requests by their end; mismatched should be 0',
        }),
        mismatches: counts,
        natural: counts.openapi({
          description: 'Fields in which the served option differs from itself: no mismatches',
        }),
        last: z.array(
          z.object({
            at: z.string(),
            route: z.string(),
            field: z.string(),
            served: z.string().openapi({ description: 'JSON text, 200 characters at most' }),
            shadow: z.string(),
          }),
        ),
        blocked: z
          .int()
          .optional()
          .openapi({
            description:
              'Transactions that were seen waiting for locks of runs that were rolled back, one ' +
              'run in 0.15 s looked at; absent = none runs so, or lock waits may not be read',
          }),
        problem: z.string().optional().openapi({ description: 'Why it cannot run now' }),
      }),
    ),
  })
  .openapi('Shadows')

const read = createRoute({
  ...get('/designs/shadow', 'What the shadows of this process have compared, the last 50 kept'),
  security: [{ bearer: [] }],
  responses: ok(shadowsSchema, 'The shadows'),
})

export function mountShadow(app: OpenAPIHono, deps: RouteDeps): void {
  const { flags, shadows } = deps
  mount(app, deps, 'designs.shadow', read, (c) =>
    c.json({ shadows: shadows ? shown(flags, shadows) : [] }, 200),
  )
}

function shown({ mix }: DesignFlags, shadows: Shadows): z.output<typeof shadowsSchema>['shadows'] {
  return mix.shadowed.flatMap((axis) => {
    const flag = mix.flags[axis]
    if (!flag?.shadow) return []
    const { epoch, shadow } = flag
    return [{ axis, ...shadow, epoch, ...seen(shadows.recordOf({ axis, epoch })) }]
  })
}

function seen(record: ShadowRecord | undefined) {
  if (!record) return { floorPairs: 0, outcomes: {}, mismatches: [], natural: [], last: [] }
  const { floor, outcomes, mismatches, natural, last, blocked, problem } = record
  const listed = (of: Map<string, number>) =>
    [...of].map(([field, requests]) => ({ field, requests }))
  return {
    floorPairs: floor,
    outcomes: { ...outcomes },
    mismatches: listed(mismatches),
    natural: listed(natural),
    last: last.toReversed(),
    ...(blocked === undefined ? {} : { blocked }),
    ...(problem === undefined ? {} : { problem }),
  }
}
