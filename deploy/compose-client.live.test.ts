import { describe, expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../lab/processes/run.ts'
import { scratchFolder } from '../lab/testing/scratch.ts'
import { readComposeFile, root, demanded as variables } from './testing/compose-file.ts'

// Docker's own compose client reads the file; for `config` it needs no engine.

const client = Bun.env.TEST_COMPOSE ?? ''
if (!client) console.log('skipped: the compose client: TEST_COMPOSE not set')

const folder = await scratchFolder()

/** Runs the client on the checkout's file, or on `source` in its place. */
async function compose(words: string[], environment: Record<string, string>, source?: string) {
  const file = source === undefined ? join(root, 'docker-compose.yml') : join(folder, 'compose.yml')
  if (source !== undefined) writeFileSync(file, source)
  // Variables of this shell, or of an .env file, must not change the result.
  const places = ['--file', file, '--project-directory', root, '--env-file', '/dev/null']
  const command = [client, ...places, ...words]
  const unset = {
    MYSQL_PASSWORD: '',
    EXPORTER_PASSWORD: '',
    CHAOS_TOKEN: '',
    SLACK_WEBHOOK_URL: '',
  }
  return run(command, { environment: { ...unset, ...environment } })
}

async function modelOf(...profiles: string[]) {
  const flags = profiles.flatMap((profile) => ['--profile', profile])
  const { code, out, err } = await compose([...flags, 'config', '--format', 'json'], variables)
  expect([err, code]).toEqual(['', 0])
  return JSON.parse(out).services as Record<string, { ports?: unknown[] }>
}

describe.skipIf(!client)('the compose client', () => {
  test('takes the file, and reads in it what the other tests read', async () => {
    const { services } = await readComposeFile()
    const read = await modelOf('load', 'redlock', 'replicas')
    expect(Object.keys(read).sort()).toEqual(Object.keys(services).sort())
    for (const [name, service] of Object.entries(services)) {
      expect(read[name]).toMatchObject({
        image: service.image,
        command: service.command ?? null,
        // Left out where there is none.
        ...(Object.keys(service.environment).length > 0
          ? { environment: service.environment }
          : {}),
        user: service.user,
        read_only: true,
      })
    }
  })

  test('publishes everything on 127.0.0.1 only', async () => {
    const services = Object.values(await modelOf('load', 'redlock', 'replicas'))
    const ports = services.flatMap((service) => service.ports ?? [])
    expect(ports.length).toBeGreaterThan(8)
    for (const port of ports) expect(port).toMatchObject({ host_ip: '127.0.0.1' })
  })

  test('knows the profiles, and starts none of them unasked', async () => {
    const { out } = await compose(['config', '--profiles'], variables)
    expect(out.trim().split('\n').sort()).toEqual(['load', 'redlock', 'replicas'])
    const { services } = await readComposeFile()
    const unasked = Object.keys(services).filter((name) => !services[name]?.profiles.length)
    expect(Object.keys(await modelOf()).sort()).toEqual(unasked.sort())
    expect(unasked).not.toContain('k6')
    expect(Object.keys(await modelOf('replicas'))).toContain('proxy')
  })

  test('refuses to begin without a chaos token, and says what to do', async () => {
    const { code, err } = await compose(['config'], {})
    expect(code).not.toBe(0)
    expect(err).toContain('CHAOS_TOKEN')
    expect(err).toContain('openssl rand -hex 32')
  })

  test('puts k6 into the network of the service that is named', async () => {
    const words = ['--profile', 'load', '--profile', 'replicas', 'config', '--format', 'json']
    const { out } = await compose(words, { ...variables, STAMPEDE_LOAD_ON: 'proxy' })
    expect(JSON.parse(out).services.k6.network_mode).toBe('service:proxy')
    const absent = await compose(words, { ...variables, STAMPEDE_LOAD_ON: 'absent' })
    expect(absent.code).not.toBe(0)
  })

  test.each([
    ['a key that is none', '    image: mysql:8.4.11', '    imgae: mysql:8.4.11'],
    [
      'a dependency on an unknown service',
      'tickets-after: { condition',
      'tickets-afer: { condition',
    ],
    ['a volume that is not declared', 'volumes: ["redis:/data"]', 'volumes: ["radish:/data"]'],
  ])('refuses %s: it can fail', async (_, right, wrong) => {
    const { source } = await readComposeFile()
    expect(source).toContain(right)
    const { code } = await compose(['config', '--quiet'], variables, source.replace(right, wrong))
    expect(code).not.toBe(0)
  })
})
