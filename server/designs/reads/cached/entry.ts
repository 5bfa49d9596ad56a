/** An answer with the times, epoch ms, until which it is new and until which it may be given. */
export interface Entry {
  body: string
  freshUntilMs: number
  staleUntilMs: number
}

/** How long an answer is new, and how long after that it may still be given. */
export interface Life {
  freshMs: number
  staleMs: number
}

/** The wall clock, which processes share and which may step, and the time since the start. */
export interface Clocks {
  wallMs(): number
  elapsedMs(): number
}

export const processClocks: Clocks = { wallMs: Date.now, elapsedMs: () => performance.now() }

const head = /^(\d{13}) (\d{13}) ([0-9a-z]{1,16})\n/
/** Clocks of processes on other machines may be off by so much. */
const skewMs = 1000

export const entryOf = (body: string, life: Life, nowMs: number): Entry => ({
  body,
  freshUntilMs: nowMs + life.freshMs,
  staleUntilMs: nowMs + life.freshMs + life.staleMs,
})

/** The same by another clock, which is so much ahead. */
export const shifted = ({ body, freshUntilMs, staleUntilMs }: Entry, aheadMs: number): Entry => ({
  body,
  freshUntilMs: freshUntilMs + aheadMs,
  staleUntilMs: staleUntilMs + aheadMs,
})

const sumOf = (body: string) => Bun.hash(body).toString(36)

/** As it lies in Redis: both times and a checksum in a line, then the body. */
export const encode = ({ body, freshUntilMs, staleUntilMs }: Entry): string =>
  `${Math.trunc(freshUntilMs)} ${Math.trunc(staleUntilMs)} ${sumOf(body)}\n${body}`

/**
 * Reads what lies in Redis. Whatever is not whole, is no JSON text by its ends, or says that it
 * lives longer than its life is refused: a foreign value must not stay for ever.
 * @returns undefined for what is refused
 */
export function decode(text: string, life: Life, nowMs: number): Entry | undefined {
  const match = head.exec(text)
  if (!match) return undefined
  const body = text.slice(match[0].length)
  if (!/^[{[]/.test(body) || !/[}\]]$/.test(body) || sumOf(body) !== match[3]) return undefined
  const [freshUntilMs, staleUntilMs] = [Number(match[1]), Number(match[2])]
  const newest = entryOf(body, life, nowMs + skewMs)
  if (freshUntilMs > newest.freshUntilMs || staleUntilMs > newest.staleUntilMs) return undefined
  return { body, freshUntilMs, staleUntilMs }
}
