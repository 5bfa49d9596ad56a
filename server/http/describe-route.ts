import type { z } from '@hono/zod-openapi'
import { problemSchema } from './schemas.ts'

export const json = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  description,
  content: { 'application/json': { schema } },
})

export const body = <Schema extends z.ZodType>(schema: Schema) => ({
  required: true,
  content: { 'application/json': { schema } },
})

/** Every route can end in a problem; the codes are in the reference of errors. */
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

const head =
  <const Method extends 'get' | 'post' | 'delete'>(method: Method) =>
  <const Path extends string>(path: Path, summary: string) => ({ method, path, summary })

/** What each route begins with: its method, its path, and a sentence for the reference. */
export const [get, post, del] = [head('get'), head('post'), head('delete')]
