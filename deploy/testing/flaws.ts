import type { ComposeFile, Service } from './compose-file.ts'

/** Complaints in words; none = the rule holds. */
type Flaws = string[]
type Rule = (compose: ComposeFile, images: Images) => Flaws

/** By image name: where its program listens, and the programs that a health check may call. */
export type Images = Record<string, { port: number; programs: readonly string[] }>

const imageName = ({ image }: Service) => image.split(':')[0] ?? ''

/** A rule about one service at a time; its complaints begin with the service. */
const ofEach =
  (judge: (service: Service, compose: ComposeFile, images: Images) => Flaws): Rule =>
  (compose, images) =>
    Object.entries(compose.services).flatMap(([name, service]) =>
      judge(service, compose, images).map((flaw) => `${name}: ${flaw}`),
    )

/** A whole version: `8.4.11`, `v3.13.3`, `7.4.11-alpine`. */
const wholeVersion = /^[a-z0-9/]+(?:[._-][a-z0-9]+)*:v?\d+\.\d+\.\d+(?:-[a-z]+)?$/

const hardened = JSON.stringify([true, ['ALL'], ['no-new-privileges:true']])

const address = /\b(?:https?|mysql|redis):\/\/(?:[^@/\s]+@)?([a-z0-9.-]+)(?::(\d+))?/g

/** Rules of docker-compose.yml that the compose client does not check. */
export const rules: Record<string, Rule> = {
  'images are pinned to a whole version': ofEach(({ image }) =>
    wholeVersion.test(image) ? [] : [`${image} is not a whole version`],
  ),

  'published ports are on loopback, and something listens behind them': ofEach(
    (service, { services }, images) =>
      service.ports.flatMap((port) => {
        const [, published, target] = /^127\.0\.0\.1:(\d+):(\d+)$/.exec(port) ?? []
        if (published === undefined) return [`${port} is not on 127.0.0.1`]
        const all = Object.values(services).flatMap(({ ports }) => ports)
        const uses = all.filter((other) => other.split(':')[1] === published)
        if (uses.length > 1) return [`${published} is taken twice`]
        const isRight = Number(target) === images[imageName(service)]?.port
        return isRight ? [] : [`nothing listens on ${target}`]
      }),
  ),

  'dependencies can be fulfilled': ofEach(({ depends_on, profiles }, { services }) =>
    Object.entries(depends_on).flatMap(([name, { condition }]) => {
      const target = services[name]
      if (!target) return [`depends on ${name}, which is not there`]
      if (target.profiles.some((profile) => !profiles.includes(profile))) {
        return [`depends on ${name} of another profile`]
      }
      // The Dockerfile brings a check of its own.
      const isChecked =
        target.healthcheck?.test.length ?? (imageName(target) === 'stampede' ? 1 : 0)
      if (condition === 'service_healthy' && !isChecked) return [`${name} has no health check`]
      if (condition === 'service_completed_successfully' && target.restart !== 'no') {
        return [`${name} would be started again, and never be done`]
      }
      return []
    }),
  ),

  'nothing runs as root or with rights that it does not need': ofEach((service) => {
    const { read_only, cap_drop, security_opt, user } = service
    const isHardened = JSON.stringify([read_only, cap_drop, security_opt]) === hardened
    return [
      ...(/^(0|root)\b/.test(user) ? [`runs as ${user}`] : []),
      ...(isHardened ? [] : ['is not read-only, or keeps capabilities']),
    ]
  }),

  'addresses lead to a service and its port': ofEach((service, { services }, images) =>
    [...(service.command ?? []), ...Object.values(service.environment)]
      .flatMap((value) => [...value.matchAll(address)])
      .flatMap(([whole, host = '', port]) => {
        const isLocal = host === '127.0.0.1'
        const name = isLocal ? service.network_mode.replace('service:', '') : host
        const target = services[name]
        if (!target) return [`${whole}: there is no ${name || host}`]
        const right = images[imageName(target)]?.port
        return right === Number(port) ? [] : [`${whole}: ${name} listens on ${right}`]
      }),
  ),

  'volumes are declared and used': ({ services, volumes }) => {
    const used = Object.values(services)
      .flatMap((service) => service.volumes)
      .flatMap((volume) => /^([a-z][a-z0-9-]*):/.exec(volume)?.[1] ?? [])
    const odd = new Set(used).symmetricDifference(new Set(Object.keys(volumes)))
    return [...odd].map((name) => `${name}: ${name in volumes ? 'not used' : 'not declared'}`)
  },

  'health checks call what is in the image': ofEach((service, _, images) => {
    const known = images[imageName(service)]?.programs ?? []
    return programsOf(service.healthcheck?.test ?? [])
      .filter((program) => !known.includes(program))
      .map((program) => `${program} is not in ${service.image}`)
  }),
}

/** Programs that a health check calls. */
export function programsOf([kind, line = '']: string[]): string[] {
  if (kind !== 'CMD-SHELL') return kind === undefined ? [] : [line]
  const commands = line.replaceAll(/'[^']*'/g, '').split('|')
  return commands.map(
    (command) =>
      command
        .trim()
        .replace(/^(\w+=\S*\s+)+/, '')
        .split(/\s/)[0] ?? '',
  )
}

/** Files of the checkout that are mounted, by service. */
export const mountedFiles = ({ services }: ComposeFile) =>
  Object.entries(services).flatMap(([name, { volumes }]) =>
    volumes.flatMap((volume) => {
      const path = /^\.\/([^:]+):/.exec(volume)?.[1]
      return path ? [{ name, path, isReadOnly: volume.endsWith(':ro') }] : []
    }),
  )
