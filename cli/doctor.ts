import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { run } from '../lab/processes/run.ts'
import { guardDatabaseUrl } from '../lab/servers/databases.ts'
import { findGrafana } from '../lab/servers/grafana.ts'
import { findK6, k6Availability } from '../lab/tools/k6.ts'
import { findPrometheus } from '../lab/tools/monitoring-tools.ts'
import { packagesOf } from '../lab/tools/packages.ts'
import { findDatabase, findRedis, whichOnMachine } from '../lab/tools/tools.ts'
import { exitCodes } from '../lab/user-error.ts'
import { defineCommand } from './command.ts'
import { isOn } from './flags.ts'

/** One thing Stampede uses. `obtainable` = it will be had when it is first needed. */
export interface Part {
  name: string
  state: 'found' | 'obtainable' | 'missing'
  /** Without it `rehearse` cannot run. */
  needed: boolean
  version: string | null
  /** Where it is, how it will be had, or the next step. */
  note: string
}

/** Looks at everything and changes nothing. */
export async function examine(): Promise<Part[]> {
  return Promise.all([
    found('bun', true, Bun.version, process.execPath),
    dependencies(),
    database(),
    redis(),
    k6(),
    prometheus(),
    grafana(),
    program('go', ['version'], 'only builds k6 and, for the tests, the compose client'),
    program('git', ['--version'], 'only names the commit in the report'),
    chromium(),
  ])
}

/** True when nothing that `rehearse` needs is missing. */
export function canRehearse(parts: Part[]): boolean {
  return parts.every((part) => part.state !== 'missing' || !part.needed)
}

function found(name: string, needed: boolean, version: string | null, note: string): Part {
  return { name, state: 'found', needed, version, note }
}

async function dependencies(): Promise<Part> {
  const folder = resolve(import.meta.dir, '../node_modules')
  const there = await stat(join(folder, 'zod')).catch(() => null)
  if (there) return found('dependencies', true, null, folder)
  const note = 'run ./stampede again, it installs them'
  return { name: 'dependencies', state: 'missing', needed: true, version: null, note }
}

async function database(): Promise<Part> {
  const name = 'mariadb or mysql'
  const given = process.env.DATABASE_URL
  if (given) return found(name, true, null, `DATABASE_URL on ${guardDatabaseUrl(given).host}`)
  const tool = await findDatabase()
  if (tool) return found(name, true, tool.version, tool.server)
  return server(name, packagesOf.database)
}

async function redis(): Promise<Part> {
  if (process.env.REDIS_URL) return found('redis', true, null, 'REDIS_URL')
  const tool = await findRedis()
  return tool ? found('redis', true, tool.version, tool.path) : server('redis', packagesOf.redis)
}

function server(name: string, packages: string[]): Part {
  const shared = { name, needed: true, version: null }
  if (Bun.which('apt-get') && Bun.which('dpkg-deb')) {
    const note = `${packages.join(' ')} will be unpacked into the cache, no root`
    return { ...shared, state: 'obtainable', note }
  }
  return { ...shared, state: 'missing', note: packagesOf.hint }
}

async function k6(): Promise<Part> {
  const shared = { name: 'k6', needed: false, version: null }
  const k6 = await findK6()
  if (k6) return found('k6', false, k6.version, k6.path)
  const prospect = await k6Availability()
  if (prospect) return { ...shared, state: 'obtainable', note: prospect }
  return { ...shared, state: 'missing', note: 'the embedded simulator drives instead' }
}

async function prometheus(): Promise<Part> {
  const name = 'prometheus'
  const tool = await findPrometheus()
  if (tool) return found(name, false, tool.version, tool.path)
  const part = server(name, packagesOf.prometheus)
  const note = part.state === 'missing' ? 'without it no metrics of a run are kept' : part.note
  return { ...part, needed: false, note }
}

async function grafana(): Promise<Part> {
  const name = 'grafana'
  const tool = await findGrafana()
  // Its version is not asked for: the subcommand that says it differs between its versions.
  if (tool) return found(name, false, null, tool.command[0] ?? tool.home)
  const note = 'the console draws the boards where it is not'
  return { name, state: 'missing', needed: false, version: null, note }
}

async function program(name: string, arguments_: string[], without: string): Promise<Part> {
  const path = Bun.which(name)
  const { code, out } = path ? await run([path, ...arguments_]) : { code: 1, out: '' }
  const version = /\d+\.\d+(\.\d+)*/.exec(out)?.[0] ?? null
  if (path && code === 0) return found(name, false, version, path)
  return { name, state: 'missing', needed: false, version: null, note: without }
}

async function chromium(): Promise<Part> {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
  const path = names.map(whichOnMachine).find((one) => one !== null)
  if (!path) return program('chromium', [], 'only the tests of the web page use it')
  const { out } = await run([path, '--version'])
  return found('chromium', false, /\d+(\.\d+)+/.exec(out)?.[0] ?? null, path)
}

export default defineCommand({
  name: 'doctor',
  description: 'check prerequisites and where they come from',
  flags: { json: { help: 'print JSON', value: isOn } },
  run: async ({ json }) => {
    const parts = await examine()
    const ready = canRehearse(parts)
    if (json) console.log(JSON.stringify({ ready, parts }, null, 2))
    else console.log(table(parts))
    if (!json) {
      console.log(ready ? 'ready: ./stampede rehearse' : 'not ready: see what is missing above')
    }
    return ready ? exitCodes.asExpected : exitCodes.untrusted
  },
})

function table(parts: Part[]): string {
  const rows = parts.map((part) => {
    const state = part.state === 'missing' && !part.needed ? 'absent' : part.state
    return [part.name, state, part.version ?? '', part.note]
  })
  const width = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0))
  return rows
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(width(at)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
