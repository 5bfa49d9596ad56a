import { definite, problemsOf, toResponse } from './problem.ts'
import { requestIdOf } from './request-id.ts'

/** What of HTTP no process of ours does. */
export const protocolProblems = {
  ...definite(412, {
    'precondition-failed': {
      title: 'Nothing here has an entity tag',
      doc: 'A request that is to be done only for a tag (`if-match`) is not done.',
    },
  }),
  ...definite(417, {
    'expectation-failed': {
      title: 'The expectation cannot be met',
      doc: 'The only expectation that is known is `100-continue`.',
    },
  }),
  ...definite(501, {
    'method-unknown': {
      title: 'The method is not known',
      doc: 'It is none of RFC 9110 and RFC 5789; `OPTIONS` tells which a path takes.',
    },
  }),
}

const ProtocolProblem = problemsOf(protocolProblems)

/** Of RFC 9110 and RFC 5789, without CONNECT, which is for proxies. */
const knownMethods = new Set([
  ...['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'TRACE'],
])

/**
 * Judges what every process sees alike, before its routes do.
 * @returns a refusal, or undefined
 */
export function unserved(request: Request): Response | undefined {
  const { method, headers } = request
  const refuse = (code: keyof typeof protocolProblems, field: string) =>
    toResponse(new ProtocolProblem(code, { field }), requestIdOf(headers))
  if (!knownMethods.has(method)) {
    const response = refuse('method-unknown', 'method')
    // Bun takes what follows a CONNECT for no request.
    if (method === 'CONNECT') response.headers.set('connection', 'close')
    return response
  }
  const expectation = headers.get('expect')
  if (expectation !== null && expectation.toLowerCase() !== '100-continue') {
    return refuse('expectation-failed', 'Expect')
  }
  const tag = headers.get('if-match')
  if (tag !== null && tag !== '*') return refuse('precondition-failed', 'If-Match')
  return undefined
}
