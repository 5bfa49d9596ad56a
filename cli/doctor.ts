import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { ifAbsent } from '../lab/if-absent.ts'
import { run } from '../lab/processes/run.ts'
import { guardDatabaseUrl, guardRedisUrl } from '../lab/servers/databases.ts'
import { findGrafana } from '../lab/servers/grafana.ts'
import { readRedisInfo } from '../lab/servers/redis.ts'
import type { ToolName } from '../lab/tools/catalogue.ts'
import { findTool, whichOnMachine } from '../lab/tools/find.ts'
import { packageHint } from '../lab/tools/packages.ts'
import { availabilityOf } from '../lab/tools/resolve.ts'
import { exitCodes } from '../lab/user-error.ts'
import { evictionIn, evictionWords } from '../server/redis-eviction.ts'
import { defineCommand } from './command.ts'
import { isOn } from './flags.ts'

/** A prerequisite. `obtainable` = it is fetched when it is first needed. */
export interface Part {
  name: string
  state: 'found' | 'obtainable' | 'missing'
  /** Without it `rehearse` cannot run. */
  needed: boolean
  version: string | null
  /** Where it is, how it is fetched, or the next step. */
  note: string
}

/** Checks every prerequisite and changes nothing. */
export async function examine(): Promise<Part[]> {
  const parts = await Promise.all([
    found({ name: 'bun', needed: true }, Bun.version, process.execPath),
    dependencies(),
    databases(),
    redis(),
    tool('k6', { name: 'k6', needed: false }, 'the embedded simulator drives instead'),
    tool('prometheus', { name: 'prometheus', needed: false }, 'no metrics of a run are kept'),
    grafana(),
    program('go', ['version'], 'only builds k6 and, for the tests, the compose client'),
    program('git', ['--version'], 'only names the commit in the report'),
    chromium(),
  ])
  return parts.flat()
}

/** True when nothing that `rehearse` needs is missing. */
export function canRehearse(parts: Part[]): boolean {
  return parts.every((part) => part.state !== 'missing' || !part.needed)
}

type Prerequisite = Pick<Part, 'name' | 'needed'>

function found(prerequisite: Prerequisite, version: string | null, note: string): Part {
  return { ...prerequisite, state: 'found', version, note }
}

function missing(prerequisite: Prerequisite, note: string): Part {
  return { ...prerequisite, state: 'missing', version: null, note }
}

async function dependencies(): Promise<Part> {
  const prerequisite = { name: 'dependencies', needed: true }
  const folder = resolve(import.meta.dir, '../node_modules')
  const isInstalled = await stat(join(folder, 'zod')).catch(ifAbsent(null))
  return isInstalled
    ? found(prerequisite, null, folder)
    : missing(prerequisite, 'run ./stampede again, it installs them')
}

async function databases(): Promise<Part[]> {
  const given = process.env.DATABASE_URL
  if (given) {
    const note = `DATABASE_URL on ${guardDatabaseUrl(given).host}`
    return [found({ name: 'mariadb or mysql', needed: true }, null, note)]
  }
  const mysql = await tool('mysql', { name: 'mysql', needed: false }, 'no --database mysql')
  const mariadb = { name: 'mariadb', needed: mysql.state !== 'found' }
  return [await tool('mariadb', mariadb, packageHint), mysql]
}

async function redis(): Promise<Part> {
  const prerequisite = { name: 'redis', needed: true }
  const given = process.env.REDIS_URL
  if (given) {
    const url = guardRedisUrl(given)
    return found(prerequisite, null, `REDIS_URL on ${url.host}${await evictionNote(url.href)}`)
  }
  return tool('redis', prerequisite, packageHint)
}

/** Of a Redis of the user's own; nothing of one that does not answer, which `rehearse` reports. */
async function evictionNote(url: string): Promise<string> {
  const [info] = await Promise.allSettled([readRedisInfo(url, 'memory')])
  const eviction = info.status === 'fulfilled' ? evictionIn(info.value) : undefined
  if (!eviction) return ''
  return `; ${evictionWords(eviction)}: locks, counters and jobs get lost, set noeviction`
}

async function tool(name: ToolName, prerequisite: Prerequisite, without: string): Promise<Part> {
  const installed = await findTool(name)
  if (installed) return found(prerequisite, installed.version, installed.path)
  const availability = await availabilityOf(name)
  if (availability === null) return missing(prerequisite, without)
  return { ...prerequisite, state: 'obtainable', version: null, note: availability }
}

async function grafana(): Promise<Part> {
  const prerequisite = { name: 'grafana', needed: false }
  const installed = await findGrafana()
  // Without its version: the subcommand that prints it differs between its versions.
  if (installed) return found(prerequisite, null, installed.command[0] ?? installed.home)
  return missing(prerequisite, 'the console draws the boards instead')
}

async function program(name: string, words: string[], without: string): Promise<Part> {
  const prerequisite = { name, needed: false }
  const path = whichOnMachine(name)
  const { code, out } = path ? await run([path, ...words]) : { code: 1, out: '' }
  if (!path || code !== 0) return missing(prerequisite, without)
  return found(prerequisite, /\d+\.\d+(\.\d+)*/.exec(out)?.[0] ?? null, path)
}

async function chromium(): Promise<Part> {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
  const name = names.find((one) => whichOnMachine(one) !== null) ?? 'chromium'
  const part = await program(name, ['--version'], 'only the tests of the web page use it')
  return { ...part, name: 'chromium' }
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
  const rows = parts.map(({ name, state, needed, version, note }) => {
    return [name, state === 'missing' && !needed ? 'absent' : state, version ?? '', note]
  })
  const widths = [0, 1, 2, 3].map((at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)))
  const lineOf = (row: string[]) => row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ')
  return rows.map((row) => lineOf(row).trimEnd()).join('\n')
}
