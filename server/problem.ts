/** One way in which a request can end badly, as a row of a process's table of problems. */
export interface ProblemKind {
  status: number
  /** True: it surely did not happen. False: it may have, so ask again with the same key. */
  definite: boolean
  /** Public, without a full stop. */
  title: string
  /** When a client gets it and what to do then; for the reference page. */
  doc: string
}

const ofStatus =
  (definite: boolean) =>
  <Code extends string>(status: number, texts: Record<Code, { title: string; doc: string }>) =>
    Object.fromEntries(
      Object.entries<{ title: string; doc: string }>(texts).map(([code, text]) => {
        return [code, { status, definite, ...text }]
      }),
    ) as Record<Code, ProblemKind>

/** Kinds of one status, of what surely did not happen. */
export const definite = ofStatus(true)
/** Of what may have happened all the same. */
export const indefinite = ofStatus(false)

/** One thing that is wrong with an input. */
export interface Flaw {
  /** Path of the field, header or setting. */
  field: string
  detail: string
}

export interface ProblemOptions {
  /** Public text. */
  detail?: string
  /** Name of the body field, header or setting at fault. */
  field?: string
  /** Everything that is wrong with the input, `field` being the first. */
  errors?: readonly Flaw[]
  /** Where one case of a problem differs from its kind. */
  definite?: boolean
  /** Whole seconds after which asking again may help. */
  retryAfterSeconds?: number
  cause?: unknown
}

export const internal: ProblemKind = {
  status: 500,
  definite: false,
  title: 'Internal error',
  doc: 'An unexpected error; the log of the server has it under the request id.',
}

/** An expected failure; `toResponse` makes it application/problem+json. */
export class KnownProblem<Code extends string = string> extends Error {
  override name = 'Problem'
  readonly status: number
  readonly definite: boolean
  readonly title: string
  readonly detail: string | undefined
  readonly field: string | undefined
  readonly errors: readonly Flaw[] | undefined
  readonly retryAfterSeconds: number | undefined

  constructor(
    readonly code: Code,
    kind: ProblemKind,
    options: ProblemOptions = {},
  ) {
    super(options.detail ?? kind.title, { cause: options.cause })
    this.status = kind.status
    this.definite = options.definite ?? kind.definite
    this.title = kind.title
    this.detail = options.detail
    this.field = options.field
    this.errors = options.errors
    this.retryAfterSeconds = options.retryAfterSeconds
  }
}

/** The class of the problems of one table. */
export function problemsOf<Table extends Record<string, ProblemKind>>(table: Table) {
  type Code = keyof Table & string
  return class extends KnownProblem<Code> {
    constructor(code: Code, options?: ProblemOptions) {
      super(code, table[code] as ProblemKind, options)
    }
  }
}

/** Seconds after which a client may ask again, where the problem itself does not say. */
const retryAfterSecondsDefault = 1

const knownOf = (error: unknown): KnownProblem =>
  error instanceof KnownProblem ? error : new KnownProblem('internal', internal)

/**
 * Problem details (RFC 9457) of any error; an unexpected one becomes `internal`, without its text.
 * @returns a plain object, safe to store and to send
 */
export function toProblemBody(error: unknown, requestId?: string) {
  const { code, title, status, detail, definite, field, errors } = knownOf(error)
  return {
    type: `urn:stampede:problem:${code}`,
    title,
    status,
    code,
    detail: (code !== 'internal' && detail) || title,
    definite,
    ...(field === undefined ? {} : { field }),
    ...(errors === undefined ? {} : { errors }),
    ...(requestId === undefined ? {} : { requestId }),
  }
}

/** The answer to a failed request: problem+json, with `retry-after` where asking again may help. */
export function toResponse(error: unknown, requestId?: string): Response {
  const { status, field, retryAfterSeconds } = knownOf(error)
  const headers: Record<string, string> = { 'content-type': 'application/problem+json' }
  if (status === 503 || status === 429 || retryAfterSeconds !== undefined) {
    headers['retry-after'] = String(retryAfterSeconds ?? retryAfterSecondsDefault)
  }
  // The rest of the request may still come.
  if (status === 408) headers.connection = 'close'
  if (status === 401) headers['www-authenticate'] = 'Bearer'
  if (status === 415) Object.assign(headers, acceptedInstead(field))
  return new Response(JSON.stringify(toProblemBody(error, requestId)), { status, headers })
}

/** RFC 9110, 15.5.16: only what was refused for its coding may name codings. */
const acceptedInstead = (field: string | undefined) =>
  field === 'Content-Encoding' ? { 'accept-encoding': 'identity' } : { accept: 'application/json' }

/** A complaint of a schema. */
export interface Issue {
  path: readonly PropertyKey[]
  message: string
  /** The names of fields that the schema does not have. */
  keys?: readonly string[]
}

/** Bounds of what an answer repeats of the request: a client may make up names of any length. */
export const flawsMax = 10
const fieldLengthMax = 100
const detailLengthMax = 300

/**
 * The options of a problem about an input: every flaw (ten at most), and the first as its `field`.
 * @param whole name of the input, for a complaint about no field of it
 */
export function flawsIn(issues: readonly Issue[], whole = 'body') {
  const all = issues.flatMap(({ path, message, keys = [] }) => {
    const fields = keys.length === 0 ? [path] : keys.map((key) => [...path, key])
    return fields.map((field) => ({
      field: field.join('.').slice(0, fieldLengthMax) || whole,
      detail: message.slice(0, detailLengthMax),
    }))
  })
  const errors = all.slice(0, flawsMax)
  const detail = errors.map((flaw) => `${flaw.field}: ${flaw.detail}`).join('; ')
  return {
    detail: detail.slice(0, fieldLengthMax + detailLengthMax) || `${whole}: invalid`,
    field: errors[0]?.field ?? whole,
    errors,
  } satisfies ProblemOptions
}
