import { join, resolve } from 'node:path'
import { z } from 'zod'

export const root = resolve(import.meta.dir, '../..')

const text = z.string()
const dependency = z.strictObject({
  condition: z.enum(['service_started', 'service_healthy', 'service_completed_successfully']),
})
const healthcheck = z.union([
  z.strictObject({ disable: z.literal(true) }),
  z.strictObject({
    test: z.tuple([z.enum(['CMD', 'CMD-SHELL'])]).rest(text),
    interval: text,
    timeout: text,
    retries: z.int(),
    start_period: text,
    start_interval: text,
  }),
])

/** What this project's compose file may say; the compose client itself judges the rest. */
const service = z.strictObject({
  image: text,
  build: z.literal('.').optional(),
  command: z.array(text).optional(),
  user: text,
  profiles: z.array(text).default([]),
  environment: z.record(text, text).default({}),
  volumes: z.array(text).default([]),
  tmpfs: z.array(text).default([]),
  ports: z.array(text).default([]),
  network_mode: text.optional(),
  healthcheck: healthcheck.optional(),
  depends_on: z.record(text, dependency).default({}),
  init: z.boolean().optional(),
  read_only: z.literal(true),
  cap_drop: z.tuple([z.literal('ALL')]),
  security_opt: z.tuple([z.literal('no-new-privileges:true')]),
  restart: z.enum(['no', 'unless-stopped']),
  stop_grace_period: text.optional(),
  logging: z.looseObject({}),
  deploy: z.strictObject({
    replicas: z.int().optional(),
    resources: z.strictObject({
      limits: z.strictObject({ cpus: text, memory: text }),
    }),
  }),
})

export type Service = z.output<typeof service>

/** docker-compose.yml as it is written: variables stand as `${NAME:-default}`. */
export async function readComposeFile() {
  const source = await Bun.file(join(root, 'docker-compose.yml')).text()
  const file = z.looseObject({
    services: z.record(text, service),
    volumes: z.record(text, z.null()),
  })
  return { source, ...file.parse(Bun.YAML.parse(source)) }
}

/** A reference to a variable: its name, and the default (`:-`) or the demand (`:?`) behind it. */
export interface Variable {
  name: string
  operator: string
  word: string
}

const reference = /\$\$|\$\{(\w+)(:[-?])?([^}]*)\}|\$(\w+)/g

export function variablesOf(value: string): Variable[] {
  return [...value.matchAll(reference)].flatMap(([whole, name, operator = '', word = '', bare]) =>
    whole === '$$' ? [] : [{ name: name ?? bare ?? '', operator, word }],
  )
}

/** A value as a container gets it. @throws Error for a variable that is demanded and not set */
export function interpolated(value: string, set: Record<string, string> = {}): string {
  return value.replaceAll(reference, (whole, name, operator, word, bare) => {
    if (whole === '$$') return '$'
    const given = set[name ?? bare]
    if (given) return given
    if (operator === ':-') return word
    throw new Error(`${name ?? bare} is not set`)
  })
}

/** Every string in a value, with interpolation done. */
export const interpolatedAll = (values: Record<string, string>, set: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, interpolated(value, set)]),
  )
