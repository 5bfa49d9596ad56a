import { type ProblemCode, problems } from '../errors.ts'
import { parseJson } from '../parse-json.ts'

/** Traces of the inside that no answer may show: SQL, stacks, paths, driver codes. */
const internals = [
  /\b(select|insert into|update|delete from)\b.*\b(from|values|set|where)\b/i,
  /\bat .+:\d+:\d+/,
  /node_modules|\/server\/|\.ts\b/,
  /mysql|mariadb|drizzle|ECONN|ER_[A-Z]+/i,
  /the test did not expect/,
]

/**
 * What is wrong with an answer that should be a problem with one of these codes, in words; empty
 * when it is as it should be.
 */
export async function flawsOf(
  response: Response,
  codes: readonly ProblemCode[],
  field?: string | null,
): Promise<string[]> {
  const text = await response.text()
  const flaws: string[] = []
  if (response.headers.get('content-type') !== 'application/problem+json') {
    flaws.push(`content-type ${response.headers.get('content-type')}`)
  }
  const body = (parseJson(text) ?? {}) as Record<string, unknown>
  const code = body.code as ProblemCode
  if (!codes.includes(code)) return [...flaws, `status ${response.status}: ${text.slice(0, 200)}`]
  const { status, definite } = problems[code]
  if (response.status !== status || body.status !== status) flaws.push(`status ${response.status}`)
  if (body.definite !== definite) flaws.push(`definite ${body.definite}`)
  if (typeof body.requestId !== 'string' || body.requestId === '') flaws.push('no requestId')
  if (field !== null && (typeof body.field !== 'string' || !covers(body.field, field ?? ''))) {
    flaws.push(`field ${body.field}, not ${field}`)
  }
  const leak = internals.find((pattern) => pattern.test(text))
  if (leak) flaws.push(`leaks ${leak}: ${text.slice(0, 300)}`)
  return flaws
}

/** A refusal may name the field, or what it stands in or holds. */
function covers(named: string, spoiled: string): boolean {
  if (named === 'body' || spoiled === '') return true
  return named === spoiled || named.startsWith(`${spoiled}.`) || spoiled.startsWith(`${named}.`)
}
