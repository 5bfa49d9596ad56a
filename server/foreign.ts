import { isLoopbackName } from './loopback.ts'
import { definite, problemsOf, toResponse } from './problem.ts'
import { requestIdOf } from './request-id.ts'

/** Why a request is refused for where it comes from, by every process. */
export const foreignProblems = {
  ...definite(400, {
    'host-invalid': {
      title: 'The host header is not one host',
      doc: 'It is empty, came twice, or holds what no host has.',
    },
  }),
  ...definite(403, {
    'host-not-allowed': {
      title: 'The server may not be called by this name',
      doc: 'The `host` header names neither loopback nor one of `STAMPEDE_ALLOWED_HOSTS`.',
    },
    'cross-site': {
      title: 'A page of another site may not do this',
      doc: 'A browser sent the request for a page of another origin.',
    },
  }),
}

const ForeignProblem = problemsOf(foreignProblems)

const readingMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Judges where a request comes from, since nothing here authenticates callers.
 * in: Host, Sec-Fetch-Site, Origin · out: a refusal, or undefined · closes: a name of somebody
 * else that leads to loopback (DNS rebinding), and what a page of another site makes a browser send
 * @param allowedHosts names besides loopback's by which clients may call
 */
export function refusalOf(
  allowedHosts: readonly string[] = [],
): (request: Request) => Response | undefined {
  const allowed = new Set(allowedHosts)
  return ({ method, headers }) => {
    const host = headers.get('host')
    if (host !== null && !isAllowed(nameIn(host), allowed)) {
      return refuse(isOne.test(host) ? 'host-not-allowed' : 'host-invalid', headers, 'host')
    }
    if (readingMethods.has(method) || !isCrossSite(headers, host)) return undefined
    return refuse('cross-site', headers)
  }
}

const refuse = (code: keyof typeof foreignProblems, headers: Headers, field?: string) =>
  toResponse(new ForeignProblem(code, field === undefined ? {} : { field }), requestIdOf(headers))

/** A name or an address, with a port or without one. */
const isOne = /^[^\s,/?#@]+$/

const isAllowed = (name: string, allowed: ReadonlySet<string>) =>
  isLoopbackName(name) || allowed.has(name)

const nameIn = (host: string) => host.replace(/:\d*$/, '').toLowerCase()

/** Browsers that do not send Sec-Fetch-Site send Origin. */
function isCrossSite(headers: Headers, host: string | null): boolean {
  const site = headers.get('sec-fetch-site')
  if (site !== null) return site !== 'same-origin' && site !== 'none'
  const origin = headers.get('origin')
  return origin !== null && URL.parse(origin)?.host !== host
}
