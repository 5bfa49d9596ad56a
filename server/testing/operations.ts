import type { AppForTest } from './http-kit.ts'

interface Parameter {
  name: string
  in: 'path' | 'query' | 'header'
  schema: { type: string; pattern?: string }
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
