import type { readComposeFile } from './compose-file.ts'
import { interpolated, type Service, variablesOf } from './compose-file.ts'

type ComposeFile = Awaited<ReturnType<typeof readComposeFile>>
type Services = Record<string, Service>

/** Complaints in words, each beginning with the service; none = the rule holds. */
type Flaws = string[]

const each = (services: Services, judge: (service: Service, name: string) => Flaws): Flaws =>
  Object.entries(services).flatMap(([name, service]) =>
    judge(service, name).map((flaw) => `${name}: ${flaw}`),
  )

/** A whole version: `8.4.11`, `v3.13.3`, `7.4.11-alpine`. */
const wholeVersion = /^[a-z0-9/]+(?:[._-][a-z0-9]+)*:v?\d+\.\d+\.\d+(?:-[a-z]+)?$/

/** Images that would be others tomorrow. */
export const looseImages = ({ services }: ComposeFile) =>
  each(services, ({ image }) => (wholeVersion.test(image) ? [] : [`${image} is no whole version`]))

/** Ports for others than this machine, or taken twice, or without a process behind them. */
export function badPorts({ services }: ComposeFile, listens: Record<string, number>): Flaws {
  const taken = new Set<string>()
  return each(services, ({ ports, image }) =>
    ports.flatMap((port) => {
      const match = /^127\.0\.0\.1:(\d+):(\d+)$/.exec(port)
      if (!match) return [`${port} is not on 127.0.0.1`]
      const [, published = '', target] = match
      if (taken.has(published)) return [`${published} is taken twice`]
      taken.add(published)
      return Number(target) === portOf(image, listens) ? [] : [`nothing listens on ${target}`]
    }),
  )
}

const portOf = (image: string, listens: Record<string, number>) =>
  listens[image.split(':')[0] ?? '']

/** Variables neither demanded nor defaulted: an unset one would be empty without a word. */
export function looseVariables({ source }: ComposeFile): Flaws {
  const code = source.replaceAll(/^\s*#.*$/gm, '')
  return variablesOf(code).flatMap(({ name, operator, word }) => {
    if (operator === ':-' || (operator === ':?' && word !== '')) return []
    return [`${name}: neither \${${name}:-default} nor \${${name}:?why}`]
  })
}

/** Dependencies on what is not there, or can't be fulfilled. */
export const brokenDependencies = (
  { services }: ComposeFile,
  hasOwnCheck: (s: Service) => boolean,
) =>
  each(services, ({ depends_on, profiles }) =>
    Object.entries(depends_on).flatMap(([name, { condition }]) => {
      const target = services[name]
      if (!target) return [`depends on ${name}, which is not there`]
      if (target.profiles.some((profile) => !profiles.includes(profile))) {
        return [`depends on ${name} of another profile`]
      }
      const isChecked = target.healthcheck ? 'test' in target.healthcheck : hasOwnCheck(target)
      if (condition === 'service_healthy' && !isChecked) return [`${name} has no health check`]
      if (condition === 'service_completed_successfully' && target.restart !== 'no') {
        return [`${name} would be started again, and never be done`]
      }
      return []
    }),
  )

/** Services that run as root; images can say so in silence, so each service names its user. */
export const rootUsers = ({ services }: ComposeFile) =>
  each(services, ({ user }) => (/^(0|root)\b/.test(user) ? [`runs as ${user}`] : []))

const address = /\b(?:https?|mysql|redis):\/\/(?:[^@/\s]+@)?([a-z0-9.-]+)(?::(\d+))?/g

/** Addresses in settings and commands that lead to no service, or to another port than its own. */
export const strayAddresses = ({ services }: ComposeFile, listens: Record<string, number>) =>
  each(services, ({ command = [], environment, network_mode }) =>
    [...command, ...Object.values(environment)]
      .map((value) => interpolated(value, { CHAOS_TOKEN: 'x' }))
      .flatMap((value) => [...value.matchAll(address)])
      .flatMap(([whole, host = '', port]) => {
        const mode = interpolated(network_mode ?? '')
        const name = host === '127.0.0.1' ? mode.replace('service:', '') : host
        const target = services[name]
        if (!target) return [`${whole}: there is no ${name || host}`]
        const right = portOf(target.image, listens)
        return right === Number(port) ? [] : [`${whole}: ${name} listens on ${right}`]
      }),
  )

/** Named volumes that are used and not declared, or declared and not used. */
export function strayVolumes({ services, volumes }: ComposeFile): Flaws {
  const used = Object.values(services)
    .flatMap((service) => service.volumes)
    .flatMap((volume) => /^([a-z][a-z0-9-]*):/.exec(volume)?.[1] ?? [])
  const declared = Object.keys(volumes)
  return [
    ...used.filter((name) => !declared.includes(name)).map((name) => `${name}: not declared`),
    ...declared.filter((name) => !used.includes(name)).map((name) => `${name}: not used`),
  ]
}

/** Files of the checkout that are mounted, by service. */
export const mountedFiles = ({ services }: ComposeFile) =>
  Object.entries(services).flatMap(([name, { volumes }]) =>
    volumes.flatMap((volume) => {
      const path = /^\.\/([^:]+):/.exec(volume)?.[1]
      return path ? [{ name, path, isReadOnly: volume.endsWith(':ro') }] : []
    }),
  )

/** Programs that the health checks call, by image; the words of a check that are no arguments. */
export const healthPrograms = ({ services }: ComposeFile) =>
  Object.values(services).flatMap(({ image, healthcheck }) => {
    if (!healthcheck || !('test' in healthcheck)) return []
    const [kind, ...words] = healthcheck.test
    if (kind === 'CMD') return [{ image, program: words[0] ?? '' }]
    return (words[0] ?? '')
      .replaceAll(/'[^']*'/g, '')
      .split('|')
      .map((part) => part.trim().replace(/^(\w+=\S*\s+)+/, ''))
      .map((part) => ({ image, program: part.split(/\s/)[0] ?? '' }))
  })
