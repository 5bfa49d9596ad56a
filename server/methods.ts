import type { RouterRoute } from 'hono/types'
import { definite } from './problem.ts'

/** Why a path is not served with a method, in each process alike. */
export const methodProblems = definite(405, {
  'method-not-allowed': {
    title: 'The route does not accept this method',
    doc: 'The `allow` header lists the methods that it accepts.',
  },
})

/** What every route takes besides its own methods: `OPTIONS`, and `HEAD` where it takes `GET`. */
const withImplied = (own: string[]) =>
  [...new Set([...own, ...(own.includes('GET') ? ['HEAD'] : []), 'OPTIONS'])].sort()

/**
 * Gives the methods that a path takes, none where no route has it. The routes are read at the first
 * question, when all of them are mounted.
 */
export function methodsOf(routes: readonly RouterRoute[]): (path: string) => string[] {
  let patterns: { method: string; pattern: RegExp }[] | undefined
  return (path) => {
    patterns ??= routes
      .filter((route) => route.method !== 'ALL' && !route.path.includes('*'))
      .map(({ method, path }) => ({ method, pattern: patternOf(path) }))
    const own = patterns.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method)
    return own.length === 0 ? [] : withImplied(own)
  }
}

const patternOf = (path: string) => {
  const literal = path.replaceAll('.', '\\.')
  return new RegExp(`^${literal.replaceAll(/:\w+/g, '[^/]+')}$`)
}

/**
 * The answer to a method that a known path does not take: 204 to OPTIONS, else 405.
 * @param allowed what the path takes
 * @param refuse makes the 405
 */
export function answerOther(
  method: string,
  allowed: readonly string[],
  refuse: () => Response,
): Response {
  const response = method === 'OPTIONS' ? new Response(null, { status: 204 }) : refuse()
  response.headers.set('allow', allowed.join(', '))
  return response
}
