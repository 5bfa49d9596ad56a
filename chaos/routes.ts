import { createRoute, z } from '@hono/zod-openapi'
import { holderText, processKinds } from './fault.ts'
import { changeNames } from './history.ts'

const tally = {
  considered: z.int().describe('How often it was asked whether it bites, where it is aimed at'),
  injected: z.int().describe('How often it has bitten'),
}

const faultState = z
  .object({
    name: z.string(),
    summary: z.string(),
    imitates: z.string().describe('What of the world it stands for'),
    example: z.record(z.string(), z.unknown()).describe('Settings to try it with'),
    active: z.boolean(),
    settings: z.record(z.string(), z.unknown()).nullable(),
    remainingSeconds: z.number(),
    level: z.number().describe('Factor of its probability by its ramp now; 0 = off'),
    ...tally,
    processes: z
      .array(z.object({ process: z.string(), kind: z.enum(processKinds), ...tally }))
      .describe('What each process has made of it since that began'),
  })
  .openapi('Fault')

const change = z
  .object({
    number: z.int().describe('Counts from 1'),
    at: z.string().describe('By the wall clock of the board, ISO 8601'),
    change: z.enum(changeNames),
    fault: z.string(),
    id: z.int().describe('Which switching-on it was of'),
    settings: z.record(z.string(), z.unknown()),
  })
  .openapi('FaultChange')

/** The shop's own schema, by name: chaos knows the server only as its hook. */
const problem = { $ref: '#/components/schemas/Problem' }

const answer = <Type extends string, Schema extends z.ZodType>(
  type: Type,
  schema: Schema,
  description: string,
) => ({
  200: { description, content: { [type]: { schema } } as Record<Type, { schema: Schema }> },
  default: {
    description: 'A problem',
    content: { 'application/problem+json': { schema: problem } },
  },
})

const json = <Schema extends z.ZodType>(schema: Schema, description: string) =>
  answer('application/json', schema, description)

const name = z.object({ name: z.string().openapi({ example: 'slow-query' }) })
const holder = z.object({
  holder: z
    .string()
    .regex(...holderText)
    .openapi({ example: 'run-7' }),
})
const number = z
  .string()
  .regex(/^\d{1,15}$/, 'must be a whole number of 1 to 15 digits')
  .transform(Number)
const settings = z.unknown().openapi({
  type: 'object',
  description: 'The settings of this fault; what is left out has its default',
  example: { latencyMs: 200, ttlSeconds: 30, target: { route: 'orders.create' } },
})
const board = json(z.object({ faults: z.array(faultState) }), 'The board')
const oneFault = json(faultState, 'The fault')
const names = z.object({ faults: z.array(z.string()) })

/** What each route begins with. */
const head = <const Method extends 'get' | 'put' | 'delete' | 'post', const Path extends string>(
  method: Method,
  path: Path,
  operationId: string,
  summary: string,
) => ({ method, path, operationId, summary, tags: ['chaos'], security: [{ bearer: [] }] })

export const list = createRoute({
  ...head('get', '/chaos/faults', 'faultsList', 'All faults, which are on, and what each has done'),
  responses: board,
})

export const put = createRoute({
  ...head(
    'put',
    '/chaos/faults/{name}',
    'faultsPut',
    'Switch a fault on, or replace its settings and start its time again',
  ),
  request: {
    params: name,
    body: { required: true, content: { 'application/json': { schema: settings } } },
  },
  responses: oneFault,
})

export const remove = createRoute({
  ...head('delete', '/chaos/faults/{name}', 'faultsRemove', 'Switch a fault off'),
  request: { params: name },
  responses: oneFault,
})

export const reset = createRoute({
  ...head('post', '/chaos/reset', 'faultsReset', 'Switch every fault off'),
  responses: board,
})

export const renew = createRoute({
  ...head('post', '/chaos/leases/{holder}', 'leasesRenew', 'Renew the lease of a holder’s faults'),
  request: { params: holder },
  responses: json(names, 'Names of the faults that go on'),
})

export const release = createRoute({
  ...head('delete', '/chaos/leases/{holder}', 'leasesRelease', 'Switch a holder’s faults off'),
  request: { params: holder },
  responses: board,
})

export const history = createRoute({
  ...head('get', '/chaos/history', 'faultsHistory', 'How faults began and ended, oldest first'),
  request: {
    query: z.object({
      after: number.optional().openapi({
        type: 'string',
        description: 'Number of the last change that is known',
        example: '12',
      }),
    }),
  },
  responses: json(z.object({ changes: z.array(change) }), 'The last thousand changes'),
})

export const events = createRoute({
  ...head(
    'get',
    '/chaos/events',
    'faultsEvents',
    'Changes as they happen, as server-sent events; `last-event-id` resumes after a change',
  ),
  responses: answer(
    'text/event-stream',
    z.string(),
    'Events `change`, each with its number as id and a FaultChange as data',
  ),
})

/** Every route of the board. */
export const routes = [list, put, remove, reset, renew, release, history, events] as const
