import type { z } from '@hono/zod-openapi'
import type { RouteName } from '../route-names.ts'
import { problemSchema } from './schemas.ts'

export const json = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  description,
  content: { 'application/json': { schema } },
})

export const body = <Schema extends z.ZodType>(schema: Schema) => ({
  required: true,
  content: { 'application/json': { schema } },
})

/** For the types of handlers alone: `openapi.ts` puts the problems of each route in its place. */
export const refused = {
  default: {
    description: 'A problem',
    content: { 'application/problem+json': { schema: problemSchema } },
  },
}

/** The answers of a route with one kind of success. */
export const ok = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  200: json(schema, description),
  ...refused,
})

/** The answers of a route that makes something: 201, or 202 while a payment of it is open. */
export const created = <Schema extends z.ZodType>(schema: Schema, done: string, open: string) => ({
  201: json(schema, done),
  202: json(schema, open),
  ...refused,
})

/** A name that stays, for the method of a generated client: `ordersCreate`. */
export const operationIdOf = (name: RouteName): string =>
  name.replace(/\.(.)/, (_, letter: string) => letter.toUpperCase())

/** A route under its name, as the OpenAPI document has it. */
export const named = <R extends object>(name: RouteName, route: R) => ({
  ...route,
  operationId: operationIdOf(name),
  tags: [name.split('.')[0] ?? name],
})

const head =
  <const Method extends 'get' | 'post' | 'put' | 'delete'>(method: Method) =>
  <const Path extends string>(path: Path, summary: string) => ({ method, path, summary })

/** What each route begins with: its method, its path, and a sentence for the reference. */
export const [get, post, put, del] = [head('get'), head('post'), head('put'), head('delete')]
