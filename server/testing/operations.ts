import type { AppForTest } from './app-for-test.ts'

interface Parameter {
  name: string
  in: 'path' | 'query' | 'header'
  required?: boolean
  schema: { type: string; pattern?: string; example?: string }
}

interface Described {
  operationId?: string
  summary?: string
  /** References are to headers that many routes have. */
  parameters?: (Parameter | { $ref: string })[]
  requestBody?: { required?: boolean; content: Record<string, { schema?: object }> }
  responses: Record<string, { description?: string; headers?: object; content?: object }>
  security?: object[]
}

/** One operation of the OpenAPI document, as far as tests walk it. */
export type Operation = ReturnType<typeof operationsIn>[number]

export interface OpenApiDocument {
  openapi: string
  info: object
  paths: Record<string, Record<string, Described>>
  components: Record<string, Record<string, unknown>>
}

export async function documentOf({ app }: Pick<AppForTest, 'app'>): Promise<OpenApiDocument> {
  return (await (await app.request('/openapi.json')).json()) as OpenApiDocument
}

/** Every operation that the app documents. */
export const operationsOf = async (shop: Pick<AppForTest, 'app'>): Promise<Operation[]> =>
  operationsIn(await documentOf(shop))

export const operationsIn = ({ paths }: OpenApiDocument) =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => ({
      label: `${method.toUpperCase()} ${path}`,
      method: method.toUpperCase(),
      path,
      parameters: (described.parameters ?? []).filter((one) => 'name' in one),
      hasBody: described.requestBody !== undefined,
      /** Needs the bearer token. */
      isGuarded: (described.security ?? [{}]).every((one) => Object.keys(one).length > 0),
      described,
    })),
  )

/** The operation's path with every parameter filled in. */
export function pathOf(
  { path, parameters }: Operation,
  values: Record<string, string> = {},
): string {
  const examples = parameters.map(({ name, schema }) => [name, schema.example ?? '1'])
  const all: Record<string, string> = { ...Object.fromEntries(examples), ...values }
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(all[name] ?? '1'))
}

/** Its query with what it requires and what is given, `?` included; empty where that is nothing. */
export function queryOf({ parameters }: Operation, values: Record<string, string> = {}): string {
  const required = parameters.filter(({ in: where, required }) => where === 'query' && required)
  const usual = required.map(({ name, schema }) => [name, schema.example ?? ''])
  const query = new URLSearchParams({ ...Object.fromEntries(usual), ...values })
  return query.size > 0 ? `?${query}` : ''
}
