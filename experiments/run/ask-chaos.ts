import { parseJson } from '../../server/parse-json.ts'

const answerMsMax = 3000

export interface ChaosAccess {
  url: string
  token: string
}

/** The board's refusal, or that of who stands in its place. */
export class ChaosRefused extends Error {
  override readonly name = 'ChaosRefused'
}

/**
 * Asks the board of faults.
 * @throws ChaosRefused; another Error where no JSON is answered within 3 s
 */
export async function askChaos(
  { url, token }: ChaosAccess,
  method: string,
  path: string,
  body?: object,
): Promise<unknown> {
  const response = await fetch(`${url}/chaos/${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
    signal: AbortSignal.timeout(answerMsMax),
  })
  if (response.ok) return await response.json()
  const answer = parseJson(await response.text()) as { detail?: string } | null | undefined
  throw new ChaosRefused(`chaos ${method} ${path}: ${answer?.detail ?? response.status}`)
}
