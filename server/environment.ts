import { z } from 'zod'
import { log } from './log.ts'
import { isLoopbackName } from './loopback.ts'

/** Settings that do not parse; `message` names every bad variable, never its (secret) value. */
export class BadEnvironment extends Error {
  override name = 'BadEnvironment'
}

/** A whole number from an environment variable, `min` to `max`; `fallback` when it is unset. */
export function integerSetting(min: number, max: number, fallback: number) {
  const range = `a whole number from ${min} to ${max}`
  const expected = `must be ${range}`
  return z
    .string()
    .regex(/^\d{1,16}$/, expected)
    .transform(Number)
    .refine((value) => value >= min && value <= max, expected)
    .default(fallback)
    .meta({ expected: range, fallback })
}

/** A URL of one protocol, such as `example`. */
export const urlSetting = (protocol: RegExp, example: string) =>
  z.url({ protocol, error: `must be a URL like ${example}` }).meta({ expected: example })

/** MariaDB's own connectors write mariadb://. */
export const databaseUrlSetting = (example = 'mysql://user@127.0.0.1:3306/stampede_shop') =>
  urlSetting(/^(mysql|mariadb)$/, example)

/** Also with TLS. */
export const redisUrlSetting = () => urlSetting(/^rediss?$/, 'redis://127.0.0.1:6379')

/** More servers only make each lock slower. */
const lockServersMax = 9

/** URLs of an odd number of Redis servers, 3 to 9, none of them twice. */
export const redlockUrlsSetting = z
  .string()
  .transform((text, context) => {
    const urls = text.split(',').map((url) => url.trim())
    for (const flaw of flawsInLockUrls(urls)) context.addIssue(flaw)
    return urls
  })
  .meta({ expected: '3, 5, 7 or 9 of redis://127.0.0.1:6379, separated by commas' })

/** What is wrong with the list, without what may be secret in it. */
function flawsInLockUrls(urls: readonly string[]): string[] {
  const { length } = urls
  const bad = urls.flatMap((url, index) => (redisUrlSetting().safeParse(url).success ? [] : index))
  const hosts = urls.map((url) => URL.parse(url)?.host)
  const isTwice = bad.length === 0 && new Set(hosts).size < length
  const isCount = length >= 3 && length <= lockServersMax && length % 2 === 1
  return [
    ...bad.map((index) => `URL ${index + 1} must be a URL like redis://127.0.0.1:6379`),
    ...(isTwice ? ['a server is named twice: a majority needs servers that fail apart'] : []),
    ...(isCount ? [] : [`must name 3, 5, 7 or 9 servers, not ${length}`]),
  ]
}

/** `STAMPEDE_PORT` of every process: 0 takes a free port. */
export const portSetting = integerSetting(0, 65_535, 0).describe(
  'Loopback port; 0 takes a free one',
)

/**
 * What every process that listens reads. Loopback by default, since nothing here
 * authenticates callers; a container sets 0.0.0.0, and the names by which it is called.
 */
export const listenEnvironment = z
  .object({
    STAMPEDE_HOST: z
      .union([z.ipv4(), z.ipv6()], { error: 'must be an IP address such as 127.0.0.1 or 0.0.0.0' })
      .default('127.0.0.1')
      .meta({ expected: 'an IP address' })
      .describe('Address to listen on; any other than loopback needs STAMPEDE_ALLOWED_HOSTS'),
    STAMPEDE_ALLOWED_HOSTS: z
      .string()
      .regex(/^[a-z0-9.-]+(,[a-z0-9.-]+)*$/, 'must be names or addresses, separated by commas')
      .transform((text) => text.split(','))
      .optional()
      .meta({ expected: 'names, separated by commas' })
      .describe('Names besides loopback’s by which clients may call; others are refused'),
  })
  .refine(
    ({ STAMPEDE_HOST: host, STAMPEDE_ALLOWED_HOSTS: names }) =>
      names !== undefined || isLoopbackName(host.replace('::1', '[::1]')),
    {
      path: ['STAMPEDE_HOST'],
      error:
        'opens the process to a network, where it authenticates no caller; if that is wanted, ' +
        'set STAMPEDE_ALLOWED_HOSTS to the names by which clients may call it',
    },
  )

/**
 * Parses environment variables with an object schema. An empty variable counts as unset.
 * Throws `BadEnvironment` naming every variable that is missing or wrong.
 */
export function parseEnvironment<Schema extends z.ZodObject>(
  schema: Schema,
  env: Record<string, string | undefined>,
): z.output<Schema> {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const parsed = schema.safeParse(set)
  if (parsed.success) return parsed.data
  const lines = parsed.error.issues.map((issue) => {
    const name = issue.path.join('.') || 'environment'
    return set[name] === undefined ? `${name} is missing` : `${name}: ${issue.message}`
  })
  throw new BadEnvironment(`bad environment:\n  ${lines.join('\n  ')}`)
}

/** As `parseEnvironment`, for a process's entry: prints the message and exits with code 4. */
export function readEnvironment<Schema extends z.ZodObject>(
  schema: Schema,
  env: Record<string, string | undefined> = process.env,
): z.output<Schema> {
  try {
    return parseEnvironment(schema, env)
  } catch (error) {
    if (!(error instanceof BadEnvironment)) throw error
    log(error.message)
    return process.exit(4)
  }
}
