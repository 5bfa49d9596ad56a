import { exitCodes, Refusal } from './refusal.ts'

/**
 * A database that somebody points at instead of a private one: only a schema named `stampede_*` is
 * touched, so that no rehearsal ever runs against a shop.
 * @throws Refusal (exit 4) naming the variable
 */
export function guardDatabaseUrl(text: string, variable = 'DATABASE_URL'): URL {
  const url = parseUrl(text, variable, ['mysql:', 'mariadb:'])
  const schema = decodeURIComponent(url.pathname.slice(1))
  if (!/^stampede_[a-z0-9_]{1,50}$/.test(schema)) {
    throw refuse(variable, `must name a database stampede_…, not '${schema}'`)
  }
  return url
}

/**
 * A Redis that somebody points at instead of a private one; its keys are all prefixed.
 * @throws Refusal (exit 4) naming the variable
 */
export function guardRedisUrl(text: string, variable = 'REDIS_URL'): URL {
  const url = parseUrl(text, variable, ['redis:', 'rediss:'])
  if (url.pathname !== '' && !/^\/\d{0,3}$/.test(url.pathname)) {
    throw refuse(variable, `must end with a database number, not '${url.pathname}'`)
  }
  return url
}

function parseUrl(text: string, variable: string, protocols: string[]): URL {
  const url = URL.parse(text)
  // Never the text itself: it may hold a password.
  if (!url || !protocols.includes(url.protocol) || !url.hostname) {
    throw refuse(variable, `is not a URL such as ${protocols[0]}//user@host:port/…`)
  }
  return url
}

function refuse(variable: string, why: string): Refusal {
  return new Refusal(`${variable} ${why}`, exitCodes.badArguments)
}
