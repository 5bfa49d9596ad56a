import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { axes, axisNames, recordsOf } from '../designs/axes.ts'
import { combinations } from '../designs/combinations.ts'
import { parseDesign, presetNames } from '../designs/design.ts'
import { assertSameLedger } from '../designs/same-ledger.ts'
import { body, get, ok } from './describe-route.ts'
import { mount } from './endpoint.ts'
import type { RouteDeps } from './route-deps.ts'

const designsSchema = z
  .object({
    current: z.string().openapi({ description: 'Design of requests without x-design' }),
    preset: z.string(),
    hazards: z.array(z.string()).openapi({ description: 'Known of the current design' }),
    presets: z.record(z.string(), z.string()),
    combinations: z.array(
      z.object({
        when: z.record(z.string(), z.array(z.string())),
        verdict: z.enum(['refused', 'hazard']),
        reason: z.string(),
      }),
    ),
    axes: z.array(
      z.object({
        name: z.string(),
        question: z.string(),
        options: z.array(
          z.object({
            name: z.string(),
            line: z.string(),
            role: z.string(),
            hazard: z.string().optional().openapi({ description: 'What is known to go wrong' }),
          }),
        ),
      }),
    ),
  })
  .openapi('Designs')

const read = createRoute({
  ...get('/designs', 'All axes, their options, and the design in force'),
  responses: ok(designsSchema, 'The designs'),
})

const write = createRoute({
  method: 'put',
  path: '/designs',
  summary: 'Set the design of requests without x-design',
  security: [{ bearer: [] }],
  request: {
    body: body(
      z
        .strictObject({ design: z.string().min(1).max(255).openapi({ example: 'before' }) })
        .openapi('SetDesign'),
    ),
  },
  responses: ok(designsSchema, 'The designs'),
})

/** @param canWrite false leaves PUT out: without a token, no client changes the design */
export function mountDesigns(app: OpenAPIHono, deps: RouteDeps, canWrite: boolean): void {
  mount(app, deps, 'designs.read', read, (c) => c.json(overview(deps), 200))
  if (!canWrite) return
  mount(app, deps, 'designs.write', write, (c) => {
    const { current } = deps.defaultDesign
    deps.defaultDesign.current = assertSameLedger(
      parseDesign(c.req.valid('json').design, current),
      current,
    )
    return c.json(overview(deps), 200)
  })
}

function overview({ defaultDesign }: RouteDeps) {
  const { label, preset, hazards } = defaultDesign.current
  return {
    current: label,
    preset,
    hazards: [...hazards],
    presets: Object.fromEntries(presetNames.map((name) => [name, parseDesign(name).label])),
    combinations: combinations.map(({ when, ...rest }) => ({
      when: Object.fromEntries(Object.entries(when).map(([axis, names]) => [axis, [...names]])),
      ...rest,
    })),
    axes: axisNames.map((name) => {
      const { question, before, after } = axes[name]
      const roleOf = (option: string) =>
        option === before ? 'before' : option === after ? 'after' : 'alternative'
      const options = Object.entries(recordsOf(name)).map(([option, { summary, hazard }]) => ({
        name: option,
        line: summary,
        role: roleOf(option),
        ...(hazard ? { hazard } : {}),
      }))
      return { name, question, options }
    }),
  }
}
