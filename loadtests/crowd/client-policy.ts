import type { Random } from './random.ts'

/** How a client behaves when an answer does not come or asks it to retry later. */
export interface ClientPolicy {
  /** Tries per intent, the first one included, 1..20. */
  attempts: number
  /** Per try, 50..60000. */
  timeoutMs: number
  /** `decorrelated` = a random wait up to three times the last one, whatever the jitter. */
  backoff: 'none' | 'fixed' | 'exponential' | 'decorrelated'
  /** Wait before the second try, 0..60000. */
  baseMs: number
  /** Share of the wait that is random, 0..1; 1 = "full jitter" (AWS Architecture Blog, 2015). */
  jitter: number
  /** `new` = every try under a fresh idempotency key: the mistake that makes double orders. */
  key: 'same' | 'new'
  /** The client does not wait for as long as an answer asks it to. */
  retryAfter?: 'ignore'
  /** Requests of one visit beyond the first of each intent, 0..1000; no limit if absent. */
  budget?: number
  /** Every write is sent twice at the same moment. */
  twice?: 'writes'
  /** Of requests that only read; as for all if absent. */
  readAttempts?: number
  readTimeoutMs?: number
}

/** A well-behaved app: one retry, three seconds of patience. */
export const defaultPolicy: ClientPolicy = {
  attempts: 2,
  timeoutMs: 3_000,
  backoff: 'exponential',
  baseMs: 200,
  jitter: 1,
  key: 'same',
}

const backoffMsMax = 60_000
/** A client waits no longer than this: then it asks again whatever the answer was. */
const retryAfterMsMax = 10_000

const backoffs = ['none', 'fixed', 'exponential', 'decorrelated'] as const

const readers = new Map<string, (text: string) => Partial<ClientPolicy> | null>([
  ['attempts', (text) => number(text, 1, 20, (attempts) => ({ attempts }), true)],
  ['timeout-ms', (text) => number(text, 50, 60_000, (timeoutMs) => ({ timeoutMs }), true)],
  ['base-ms', (text) => number(text, 0, 60_000, (baseMs) => ({ baseMs }), true)],
  ['jitter', (text) => number(text, 0, 1, (jitter) => ({ jitter }), false)],
  ['backoff', (text) => oneOf(text, backoffs, (backoff) => ({ backoff }))],
  ['key', (text) => oneOf(text, ['same', 'new'], (key) => ({ key }))],
  ['retry-after', (text) => oneOf(text, ['ignore'], (retryAfter) => ({ retryAfter }))],
  ['budget', (text) => number(text, 0, 1000, (budget) => ({ budget }), true)],
  ['twice', (text) => oneOf(text, ['writes'], (twice) => ({ twice }))],
  ['read-attempts', (text) => number(text, 1, 20, (readAttempts) => ({ readAttempts }), true)],
  [
    'read-timeout-ms',
    (text) => number(text, 50, 60_000, (readTimeoutMs) => ({ readTimeoutMs }), true),
  ],
])

/**
 * Reads `attempts=5;timeout-ms=300;backoff=fixed;base-ms=100;jitter=0.5;key=same`. What is not
 * named keeps the value it has in `fallback`.
 * @returns null when a word is unknown or named twice, or its value out of bounds
 */
export function parseClientPolicy(header: string, fallback: ClientPolicy): ClientPolicy | null {
  let policy = fallback
  const seen = new Set<string>()
  for (const part of header.split(';')) {
    const [word = '', text = '', ...more] = part.trim().split('=')
    const change = readers.get(word)?.(text)
    if (!change || more.length > 0 || seen.has(word)) return null
    seen.add(word)
    policy = { ...policy, ...change }
  }
  return policy
}

/** The policy after an answer: its header's, else the client's own; a broken one is reported. */
export function obey(
  header: string | undefined,
  own: ClientPolicy,
  onBadPolicy?: (header: string) => void,
): ClientPolicy {
  if (header === undefined) return own
  const policy = parseClientPolicy(header, own)
  if (policy === null) onBadPolicy?.(header)
  return policy ?? own
}

/**
 * Milliseconds to wait after try number `attempt` (1, 2, …) failed, at most 60 s.
 * @param lastMs the wait before that try, 0 before the second one
 */
export function backoffMs(
  policy: ClientPolicy,
  attempt: number,
  random: Random,
  lastMs = 0,
): number {
  if (policy.backoff === 'none') return 0
  if (policy.backoff === 'decorrelated') {
    // AWS Architecture Blog, "Exponential Backoff And Jitter", 2015.
    const most = Math.max(lastMs, policy.baseMs) * 3
    return Math.round(Math.min(policy.baseMs + random() * (most - policy.baseMs), backoffMsMax))
  }
  const growth = policy.backoff === 'exponential' ? 2 ** (attempt - 1) : 1
  const waitMs = Math.min(policy.baseMs * growth, backoffMsMax)
  return Math.round(waitMs * (1 - policy.jitter * random()))
}

/**
 * Milliseconds that an answer asks to wait for before the next try, at most 10 s. A client without
 * any back-off does not listen: it is the one that makes a storm.
 * @param retryAfter the header: whole seconds; anything else asks for nothing
 */
export function askedWaitMs(policy: ClientPolicy, retryAfter: string | undefined): number {
  const isDeaf = policy.backoff === 'none' || policy.retryAfter === 'ignore'
  if (isDeaf || !/^\d{1,6}$/.test(retryAfter ?? '')) return 0
  return Math.min(Number(retryAfter) * 1000, retryAfterMsMax)
}

function oneOf<Word extends string, Change>(
  text: string,
  words: readonly Word[],
  change: (word: Word) => Change,
): Change | null {
  const word = words.find((one) => one === text)
  return word === undefined ? null : change(word)
}

function number<Change>(
  text: string,
  low: number,
  high: number,
  change: (value: number) => Change,
  whole: boolean,
): Change | null {
  // As JavaScript prints a number: 17 digits after up to 5 zeros, and 1e-7 where it is smaller.
  if (!(whole ? /^\d{1,6}$/ : /^\d{1,3}(\.\d{1,22})?(e-\d{1,3})?$/).test(text)) return null
  const value = Number(text)
  return value >= low && value <= high ? change(value) : null
}
