import { join, resolve } from 'node:path'
import { z } from 'zod'

export const root = resolve(import.meta.dir, '../..')

const text = z.string()
const texts = z.array(text).default([])

/** The fields of a service that tests read; the compose client itself validates the rest. */
const service = z.looseObject({
  image: text,
  build: text.optional(),
  command: z.array(text).optional(),
  user: text,
  profiles: texts,
  environment: z.record(text, text).default({}),
  volumes: texts,
  ports: texts,
  network_mode: text.default(''),
  /** Without a test where it is disabled; undefined where the image's own check is used. */
  healthcheck: z.looseObject({ test: texts }).optional(),
  depends_on: z.record(text, z.strictObject({ condition: text })).default({}),
  restart: z.enum(['no', 'unless-stopped']),
  stop_grace_period: text.optional(),
})

const composeFile = z.looseObject({
  services: z.record(text, service),
  volumes: z.record(text, z.null()),
})

export type Service = z.output<typeof service>
export type ComposeFile = Awaited<ReturnType<typeof readComposeFile>>

/** An environment with every value changed, such as names of containers to addresses of here. */
export const changed = (environment: Service['environment'] = {}, to: (value: string) => string) =>
  Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, to(value)]))

/** Variables that the file demands. */
export const demanded = { CHAOS_TOKEN: 'a-token-for-the-test' }

/** docker-compose.yml: its source, and its content when only `demanded` variables are set. */
export async function readComposeFile() {
  const source = await Bun.file(join(root, 'docker-compose.yml')).text()
  return { source, ...composeFile.parse(Bun.YAML.parse(interpolated(source, demanded))) }
}

const comment = /^\s*#.*$/gm
const reference = /\$\$|\$\{(\w+)(:[-?])?([^}]*)\}|\$(\w+)/g

/** Names of the variables that the source refers to. */
export const variablesOf = (source: string): string[] =>
  [...source.replaceAll(comment, '').matchAll(reference)].flatMap(([, name]) => name ?? [])

/**
 * The source as compose reads it.
 * @throws Error for a variable without a default that is not set, or not demanded with a reason
 */
export const interpolated = (source: string, set: Record<string, string> = {}): string =>
  source.replaceAll(comment, '').replaceAll(reference, (whole, name, operator, word, bare) => {
    if (whole === '$$') return '$'
    if (operator === ':-') return set[name] || word
    if (operator === ':?' && word && set[name]) return set[name]
    throw new Error(`${name ?? bare}: neither a default nor a value and a reason to demand it`)
  })
