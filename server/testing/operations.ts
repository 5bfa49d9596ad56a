import type { AppForTest } from './app-for-test.ts'

interface Parameter {
  name: string
  in: 'path' | 'query' | 'header'
  required?: boolean
  schema: { type: string; pattern?: string; example?: string }
}

/** One operation of the OpenAPI document, as far as tests walk it. */
export interface Operation {
  /** `POST /api/v1/orders` */
  label: string
  method: string
  path: string
  parameters: Parameter[]
  hasBody: boolean
  /** Needs the bearer token. */
  isGuarded: boolean
}

interface Document {
  paths: Record<
    string,
    Record<string, { parameters?: Parameter[]; requestBody?: object; security?: object[] }>
  >
}

/** Every operation that the app documents. */
export async function operationsOf({ app }: Pick<AppForTest, 'app'>): Promise<Operation[]> {
  const document = (await (await app.request('/openapi.json')).json()) as Document
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], requestBody, security }]) => ({
      label: `${method.toUpperCase()} ${path}`,
      method: method.toUpperCase(),
      path,
      parameters,
      hasBody: requestBody !== undefined,
      isGuarded: security !== undefined,
    })),
  )
}

/** The operation's path with every parameter filled in. */
export function pathOf({ path }: Operation, values: Record<string, string> = {}): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? '1'))
}

/** Its query with what it requires and what is given, `?` included; empty where that is nothing. */
export function queryOf({ parameters }: Operation, values: Record<string, string> = {}): string {
  const required = parameters.filter(({ in: where, required }) => where === 'query' && required)
  const usual = required.map(({ name, schema }) => [name, schema.example ?? ''])
  const query = new URLSearchParams({ ...Object.fromEntries(usual), ...values })
  return query.size > 0 ? `?${query}` : ''
}
