const requestIdPattern = /^[\w.:-]{1,64}$/

/** The client's own `x-request-id` where it is a plain short word, else a new one. */
export function requestIdOf(headers: Headers): string {
  const asked = headers.get('x-request-id')
  return asked !== null && requestIdPattern.test(asked) ? asked : crypto.randomUUID()
}
