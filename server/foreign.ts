import { isLoopbackName } from './loopback.ts'
import { definite, problemsOf, toResponse } from './problem.ts'

const ForeignProblem = problemsOf(
  definite(403, {
    'host-not-allowed': {
      title: 'The server may not be called by this name',
      doc: 'The `host` header names neither loopback nor one of `STAMPEDE_ALLOWED_HOSTS`.',
    },
    'cross-site': {
      title: 'A page of another site may not do this',
      doc: 'A browser sent the request for a page of another origin.',
    },
  }),
)

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
      return toResponse(new ForeignProblem('host-not-allowed', { field: 'host' }))
    }
    if (readingMethods.has(method) || !isCrossSite(headers, host)) return undefined
    return toResponse(new ForeignProblem('cross-site'))
  }
}

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
