import { problemIn } from './answers.ts'
import { askedWaitMs, backoffMs, type ClientPolicy, obey } from './client-policy.ts'
import type { OperationOutcome } from './history.ts'
import type { Answer, Http, Request } from './http.ts'
import type { Random } from './random.ts'

/** What a customer carries from request to request. */
export interface Client {
  http: Http
  /** The policy in force: the last answer's, else `own`. */
  policy: ClientPolicy
  own: ClientPolicy
  /** For back-off only, so that retries never change what the customer wants. */
  random: Random
  design: string | null
  /** Customer for whom all of it is, whom a payment and a read do not name by themselves. */
  userId?: string
  /** Given by the shop once it has let the customer in; shown with every request after that. */
  pass?: string
  onBadPolicy: (header: string) => void
  /** HTTP requests sent, and intents behind them. */
  attempts: number
  intents: number
}

/** One thing wanted, however many requests it takes. */
export interface Intent {
  method: Request['method']
  path: string
  name: string
  body?: unknown
  /** Idempotency key of the first try; later ones add `-2`, `-3`, … under a `key=new` policy. */
  key?: string
  /** Is this body of a 2xx whole? Without it, bodies are not read. */
  whole?: (body: unknown) => boolean
  /** Try once, whatever the policy says. */
  once?: boolean
  /** Send the first try twice at the same moment, as a double click does. */
  twice?: boolean
}

/** How an intent ended: `fail` surely did not happen, `info` may have. Times are epoch ms. */
export interface Pursuit {
  outcome: OperationOutcome
  answer: Answer
  keys: string[]
  /** Requests sent. */
  attempts: number
  /** Of an order that was taken in: the id to ask under. */
  intake?: string
  invokedMs: number
  doneMs: number
}

/** From what says least to what says most. */
const readings = ['later', 'unclear', 'refused', 'done'] as const
type Reading = (typeof readings)[number]

/** Asks until an answer is final or the tries of the policy in force at each try are used up. */
export async function pursue(client: Client, intent: Intent): Promise<Pursuit> {
  const { http } = client
  const keys: string[] = []
  const doubtful = new Set<string>()
  const body = intent.body === undefined ? undefined : JSON.stringify(intent.body)
  const invokedMs = http.now()
  const sentBefore = client.attempts
  let waitedMs = 0
  client.intents += 1
  for (let attempt = 1; ; attempt += 1) {
    const key = nextKey(intent.key, keys, client.policy)
    const request = requestFor(client, intent, body, key, attempt)
    const answer = await ask(client, intent, request, timesOf(client, intent, attempt))
    // Without an answer the last policy that was received still holds.
    if (answer.status > 0) {
      client.policy = obey(answer.clientPolicy, client.own, client.onBadPolicy)
    }
    if (answer.pass) client.pass = answer.pass
    const reading = read(answer, intent)
    if (reading === 'unclear') doubtful.add(key)
    // A refusal under the same key settles its earlier tries; "later" came from admission control.
    if (reading === 'refused') doubtful.delete(key)
    if (reading === 'done' || reading === 'refused' || lastTry(client, intent, attempt)) {
      const outcome = reading === 'done' ? 'ok' : doubtful.size > 0 ? 'info' : 'fail'
      const attempts = client.attempts - sentBefore
      return { outcome, answer, keys, attempts, invokedMs, doneMs: http.now() }
    }
    const askedMs = askedWaitMs(client.policy, answer.retryAfter)
    // On top of it, so that those refused together do not come back together.
    waitedMs = backoffMs(client.policy, attempt, client.random, waitedMs)
    if (askedMs + waitedMs > 0) await http.pause(askedMs + waitedMs)
  }
}

/** Sends a request so many times at once. @returns the answer that says most */
async function ask(
  client: Client,
  intent: Intent,
  request: Request,
  times: number,
): Promise<Answer> {
  const sent = Array.from({ length: times }, () => client.http.send(request))
  client.attempts += times
  const answers = await Promise.all(sent)
  const clarity = (answer: Answer) => readings.indexOf(read(answer, intent))
  return answers.reduce((best, answer) => (clarity(answer) > clarity(best) ? answer : best))
}

function lastTry({ policy, attempts, intents }: Client, intent: Intent, attempt: number): boolean {
  const attemptsMax = (intent.method === 'GET' && policy.readAttempts) || policy.attempts
  const isSpent = attempts - intents >= (policy.budget ?? Infinity)
  return intent.once === true || attempt >= attemptsMax || isSpent
}

/** How often a try is sent at the same moment. */
function timesOf({ policy }: Client, { method, twice }: Intent, attempt: number): 1 | 2 {
  return (twice && attempt === 1) || (policy.twice === 'writes' && method !== 'GET') ? 2 : 1
}

/** Appends to `keys` when the try goes under a key that was not used yet; '' = needs no key. */
function nextKey(first: string | undefined, keys: string[], policy: ClientPolicy): string {
  if (first === undefined) return ''
  const last = keys.at(-1)
  if (last !== undefined && policy.key === 'same') return last
  const key = last === undefined ? first : `${first}-${keys.length + 1}`
  keys.push(key)
  return key
}

function requestFor(
  client: Client,
  intent: Intent,
  body: string | undefined,
  key: string,
  attempt: number,
): Request {
  const { timeoutMs, readTimeoutMs } = client.policy
  const headers: Record<string, string> = { 'x-attempt': String(attempt) }
  if (key) headers['idempotency-key'] = key
  if (client.design) headers['x-design'] = client.design
  if (client.pass) headers['x-pass'] = client.pass
  if (client.userId) headers['x-user-id'] = client.userId
  if (body !== undefined) headers['content-type'] = 'application/json'
  return {
    method: intent.method,
    path: intent.path,
    name: intent.name,
    headers,
    timeoutMs: (intent.method === 'GET' && readTimeoutMs) || timeoutMs,
    needsBody: intent.whole !== undefined,
    ...(body === undefined ? {} : { body }),
  }
}

function read({ status, body }: Answer, intent: Intent): Reading {
  if (status >= 200 && status < 300) return intent.whole?.(body) === false ? 'unclear' : 'done'
  const { code, definite } = problemIn(body)
  if (status === 0 || (status === 409 && code === 'request-in-progress')) return 'unclear'
  if (status === 429) return 'later'
  if (status === 503) return definite === true ? 'later' : 'unclear'
  // Below 500 a refusal is definite unless the body denies it; from 500 on the body must state it.
  if (status >= 500 ? definite !== true : definite === false) return 'unclear'
  return 'refused'
}
