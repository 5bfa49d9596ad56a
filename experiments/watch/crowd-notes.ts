import { timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { parseJson } from '../../server/parse-json.ts'
import type { RunBoard } from './run-board.ts'

const run = z.string().max(60)
const block = { run, block: z.int().min(0).max(100), arm: z.enum(['before', 'after']) }
/** What `spike` reports to the scrape proxy of `up`: a crowd begins at some arms, or it is over. */
const note = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('run'),
    run,
    scenario: z.string().max(40),
    driver: z.enum(['k6', 'simulator']),
    seed: z.int(),
  }),
  z.strictObject({ kind: z.literal('begin'), ...block, startMs: z.number(), endsMs: z.number() }),
  z.strictObject({ kind: z.literal('end'), ...block }),
])

export type CrowdNote = z.output<typeof note>

const answerMsMax = 3000

/** Answers `POST /crowds`: 204, 400 for an invalid note, 401 without the token, else 404. */
export function noteHandler(token: string) {
  return async (request: Request, board: RunBoard): Promise<Response> => {
    const isNote = request.method === 'POST' && new URL(request.url).pathname === '/crowds'
    if (!isNote) return new Response('not found', { status: 404 })
    const given = request.headers.get('authorization') ?? ''
    if (!sameText(given, `Bearer ${token}`)) return new Response('no token', { status: 401 })
    const read = note.safeParse(parseJson(await request.text()))
    if (!read.success) return new Response(read.error.message, { status: 400 })
    apply(board, read.data)
    return new Response(null, { status: 204 })
  }
}

function apply(board: RunBoard, { kind, ...facts }: CrowdNote): void {
  if (kind === 'run' && 'scenario' in facts) board.runBegins(facts)
  else if ('startMs' in facts) {
    const { startMs, endsMs, ...block } = facts
    board.blockBegins(block, startMs, endsMs)
  } else if ('block' in facts) board.blockEnds(facts)
}

function sameText(one: string, other: string): boolean {
  const digest = (text: string) => new Bun.CryptoHasher('sha256').update(text).digest()
  return timingSafeEqual(digest(one), digest(other))
}

/**
 * Sends a note to the scrape proxy of `up`.
 * @throws Error when it does not take the note within 3 s
 */
export async function sendNote(
  scrapeProxy: { url: string; token: string },
  sent: CrowdNote,
): Promise<void> {
  const response = await fetch(`${scrapeProxy.url}/crowds`, {
    method: 'POST',
    headers: { authorization: `Bearer ${scrapeProxy.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(sent),
    signal: AbortSignal.timeout(answerMsMax),
  })
  if (!response.ok) throw new Error(`the scrape proxy answered ${response.status}`)
}
