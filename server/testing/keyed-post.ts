import { type AppForTest, jsonRequest } from './app-for-test.ts'

export interface KeyedAnswer {
  status: number
  text: string
  body: Record<string, unknown>
  isReplay: boolean
}

/** Sends a body to a route of the API, under an idempotency key if there is one. */
export async function keyedPost(
  app: AppForTest['app'],
  path: string,
  body: unknown,
  key?: string,
): Promise<KeyedAnswer> {
  const headers: Record<string, string> = key === undefined ? {} : { 'idempotency-key': key }
  const response = await app.request(`/api/v1${path}`, jsonRequest('POST', body, headers))
  const text = await response.text()
  const isReplay = response.headers.get('idempotency-replayed') === 'true'
  return { status: response.status, text, body: JSON.parse(text), isReplay }
}
