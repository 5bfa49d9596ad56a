import { describe, expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { processes } from '../cli/docs/processes.ts'
import { published } from '../experiments/run/compose-target.ts'
import { catalogue } from '../lab/tools/catalogue.ts'
import packageFile from '../package.json' with { type: 'json' }
import { parseEnvironment } from '../server/environment.ts'
import {
  interpolated,
  readComposeFile,
  root,
  type Service,
  variablesOf,
} from './testing/compose-file.ts'
import { type Images, mountedFiles, programsOf, rules } from './testing/flaws.ts'

const file = await readComposeFile()
const shopImage = `stampede:${packageFile.version}`

const images: Images = {
  stampede: { port: 4000, programs: ['bun'] },
  mysql: { port: 3306, programs: ['mysql'] },
  redis: { port: 6379, programs: ['redis-cli'] },
  'prom/mysqld-exporter': { port: 9104, programs: ['wget', 'grep'] },
  'oliver006/redis_exporter': { port: 9121, programs: ['wget', 'grep'] },
  'prom/prometheus': { port: 9090, programs: ['wget'] },
  'grafana/grafana': { port: 3000, programs: ['wget'] },
  'grafana/k6': { port: 0, programs: [] },
  haproxy: { port: 4000, programs: ['wget'] },
}

test.each(Object.entries(rules))('%s', (_, flaws) => {
  expect(flaws(file, images)).toEqual([])
})

describe('a broken rule is reported', () => {
  const withService = (name: string, change: Partial<Service>) => {
    const service = file.services[name]
    if (!service) throw new Error(`no ${name}`)
    return { ...file, services: { ...file.services, [name]: { ...service, ...change } } }
  }
  const broken: [string, typeof file, string][] = [
    ['images', withService('redis', { image: 'redis:latest' }), 'redis:latest'],
    ['images', withService('redis', { image: 'redis:7' }), 'redis:7'],
    ['published', withService('redis', { ports: ['4379:6379'] }), 'not on 127.0.0.1'],
    ['published', withService('redis', { ports: ['127.0.0.1:4306:6379'] }), 'taken twice'],
    ['published', withService('redis', { ports: ['127.0.0.1:4379:80'] }), 'nothing listens'],
    ['dependencies', withService('mysql', { healthcheck: undefined }), 'no health check'],
    ['dependencies', withService('prepare-after', { restart: 'unless-stopped' }), 'never be done'],
    ['dependencies', withService('bank-after', { profiles: ['load'] }), 'another profile'],
    ['nothing runs', withService('redis', { user: 'root' }), 'runs as root'],
    ['addresses', withService('k6', { environment: { A: 'http://prom:9090' } }), 'no prom'],
    ['addresses', withService('k6', { environment: { A: 'http://bank-after:1' } }), 'on 4000'],
    ['nothing runs', withService('redis', { read_only: false }), 'is not read-only'],
    ['health', withService('redis', { healthcheck: { test: ['CMD', 'curl'] } }), 'curl is not in'],
    ['volumes', withService('redis', { volumes: ['other:/data'] }), 'other: not declared'],
  ]
  test.each(broken)('%s', (beginning, compose, complaint) => {
    const [, flaws] = Object.entries(rules).find(([name]) => name.startsWith(beginning)) ?? []
    expect(flaws?.(compose, images).join('\n')).toContain(complaint)
  })
})

test('versions agree with those that are used without Docker', () => {
  const imagesOf = (name: string) =>
    Object.values(file.services).flatMap(({ image }) => (image.startsWith(name) ? [image] : []))
  expect(new Set(imagesOf('stampede:'))).toEqual(new Set([shopImage]))
  expect(imagesOf('grafana/k6')).toEqual([`grafana/k6:${catalogue.k6.versionMin}`])
  const builders = Object.values(file.services).filter(({ build }) => build)
  // One of them: several builds of one tag at once stumble over each other.
  expect(builders.map(({ image }) => image)).toEqual([shopImage])
})

test('what is mounted from the checkout is there, and cannot be written', () => {
  const mounted = mountedFiles(file)
  expect(mounted.filter(({ path }) => !existsSync(join(root, path)))).toEqual([])
  expect(mounted.filter(({ isReadOnly }) => !isReadOnly)).toEqual([])
  expect(mounted.map(({ name }) => name)).toContain('prometheus')
})

interface ScrapeConfig {
  static_configs: { targets: string[] }[]
  dns_sd_configs?: { names: string[]; port: number }[]
}

test('Prometheus scrapes services that are there, at the port that they have', async () => {
  const text = await Bun.file(join(root, 'dashboards/prometheus.yml')).text()
  const config = Bun.YAML.parse(text) as { scrape_configs: ScrapeConfig[] }
  const targets = config.scrape_configs.flatMap((job) => [
    ...job.static_configs.flatMap((one) => one.targets),
    ...(job.dns_sd_configs ?? []).flatMap(({ names, port }) =>
      names.map((name) => `${name}:${port}`),
    ),
  ])
  const known = Object.entries(file.services).map(
    ([name, { image }]) => `${name}:${images[image.split(':')[0] ?? '']?.port}`,
  )
  expect(targets.filter((target) => !known.includes(target))).toEqual([])
  expect(targets).toHaveLength(11)
})

test('Grafana finds the board that it opens with', () => {
  const environment = file.services.grafana?.environment ?? {}
  const home = environment.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH ?? ''
  const [inCheckout = '', inContainer = ''] = (
    file.services.grafana?.volumes.find((volume) => volume.includes('/boards/')) ?? ''
  ).split(':')
  expect(inContainer).toStartWith(`${environment.STAMPEDE_BOARDS}/`)
  expect(existsSync(join(root, home.replace(inContainer, inCheckout)))).toBe(true)
})

test('programs of a health check are found in both of its forms', () => {
  const checks = Object.values(file.services).map(({ healthcheck }) => healthcheck?.test ?? [])
  expect(new Set(checks.flatMap(programsOf))).toEqual(
    new Set(['bun', 'mysql', 'redis-cli', 'wget', 'grep']),
  )
})

test('each process of the shop reads every variable that its service sets, and accepts it', () => {
  const ours = Object.entries(file.services).filter(([, { image }]) => image === shopImage)
  expect(ours.length).toBeGreaterThan(9)
  for (const [name, { command = [], environment }] of ours) {
    const process = processes.find(({ entry }) => command.includes(entry))
    const names = Object.keys(process?.environment.shape ?? {})
    const unread = Object.keys(environment).filter((variable) => !names.includes(variable))
    expect([name, unread]).toEqual([name, []])
    const inImage = { STAMPEDE_PORT: '4000', ...environment }
    expect(() => parseEnvironment(process?.environment ?? z.object(), inImage)).not.toThrow()
  }
})

test('the shop has time to drain, and every service that stays is asked how it is', () => {
  for (const [name, service] of Object.entries(file.services)) {
    if (service.restart === 'no') continue
    // Without one of its own, the check of the Dockerfile counts.
    if (!service.healthcheck) expect([name, service.image]).toEqual([name, shopImage])
    expect([name, service.healthcheck?.test]).not.toEqual([name, []])
    // server/process.ts: 10 s for requests under way and 10 s for closing.
    if (service.image === shopImage) expect(service.stop_grace_period).toBe('25s')
  }
})

test('the two arms differ in their arm, design and addresses, and in nothing else', () => {
  const plain = (text: string) => text.replaceAll(/before|after|43\d\d/g, '…')
  const twins = Object.keys(file.services).filter((name) => name.endsWith('-before'))
  expect(twins).toHaveLength(7)
  for (const name of twins) {
    const { build: _, ...before } = file.services[name] ?? {}
    const after = file.services[name.replace('before', 'after')]
    expect(plain(JSON.stringify(after, sorted))).toBe(plain(JSON.stringify(before, sorted)))
  }
})

/** Keys in one order at every depth, for JSON.stringify. */
const sorted = (_: string, value: unknown) =>
  value && typeof value === 'object' && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort())
    : value

test('./stampede rehearse --target compose knows where everything is published', () => {
  const ports = Object.keys(published).map((name) => [
    name,
    Number(file.services[name]?.ports[0]?.split(':')[1]),
  ])
  expect(Object.fromEntries(ports)).toEqual(published)
})

test('variables as compose reads them', () => {
  expect(variablesOf('${A:-b} $$C ${D:?why}')).toEqual(['A', 'D'])
  expect(interpolated('x${A:-b}$$C', { A: '' })).toBe('xb$C')
  expect(interpolated('x${A:-b}', { A: 'c' })).toBe('xc')
})

test.each(['${B}', '$B', '${B:?}', '${B:?why}'])('%s is neither set nor has a default', (text) => {
  expect(() => interpolated(text)).toThrow('B: neither')
})

test('the page about compose names every variable and every port', async () => {
  const page = await Bun.file(join(root, 'docs/how-to/run-with-compose.md')).text()
  const names = new Set(variablesOf(file.source))
  const ports = Object.values(file.services).flatMap((service) =>
    service.ports.map((port) => port.split(':')[1] ?? ''),
  )
  expect([...names, ...ports].filter((word) => !page.includes(word))).toEqual([])
})
