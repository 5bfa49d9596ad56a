import { z } from 'zod'
import { parseJson } from '../parse-json.ts'

/** Where the board is, and the token that it asks for. */
export interface BoardAddress {
  url: string
  token: string
}

const wanted = z.object({
  url: z.string(),
  token: z.string(),
  name: z.string(),
  key: z.string(),
  forMs: z.number(),
})

const askEveryMs = 100
const answerMsMax = 500
/** Without an answer for so long, the fault is over, as for every process. */
const awayMsMax = 1500

/**
 * Watches a fault for a process that is stopped: returns once its time is over, the board no longer
 * has this switching-on of it, or the board is away.
 */
export async function watchFault({ url, token, name, key, forMs }: z.output<typeof wanted>) {
  const endsAtMs = performance.now() + forMs
  let heardAtMs = performance.now()
  while (performance.now() < endsAtMs && performance.now() - heardAtMs < awayMsMax) {
    const on = await keyOf(`${url}/v1/faults/${name}`, token)
    if (on !== undefined) heardAtMs = performance.now()
    if (on !== undefined && on !== key) return
    await Bun.sleep(Math.max(0, Math.min(askEveryMs, endsAtMs - performance.now())))
  }
}

/** @returns the key, null where the fault is off, undefined where there is no answer */
async function keyOf(url: string, token: string): Promise<string | null | undefined> {
  try {
    const headers = { authorization: `Bearer ${token}` }
    const signal = AbortSignal.timeout(answerMsMax)
    const response = await fetch(url, { headers, redirect: 'error', signal })
    const { key } = parseJson(await response.text()) as { key?: string | null }
    return response.ok ? key : undefined
  } catch {
    return undefined
  }
}

if (import.meta.main) {
  // The process that is stopped holds the other end: it has ended where this does.
  void new Response(Bun.stdin.stream()).text().then(() => process.exit(0))
  await watchFault(wanted.parse(parseJson(process.env.STAMPEDE_THAW ?? '')))
  process.exit(0)
}
