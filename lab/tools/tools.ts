import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../processes/run.ts'
import type { Session } from '../processes/session.ts'
import { UserError } from '../user-error.ts'
import { libraryFolders, packageRoots, packagesOf } from './packages.ts'
import { unpackPackages } from './unpack.ts'

/** A program that Stampede runs. */
export interface Tool {
  readonly path: string
  readonly version: string
  /** Where it was found: on this machine, or in Stampede's own cache. */
  readonly from: 'machine' | 'cache'
  /** What its process needs beyond ours, such as LD_LIBRARY_PATH for unpacked libraries. */
  readonly environment: Record<string, string>
}

export interface DatabaseTool extends Omit<Tool, 'path'> {
  readonly flavour: 'mariadb' | 'mysql'
  /** `mariadbd` or `mysqld`. */
  readonly server: string
  /** `mariadb-install-db`; unused with MySQL, which initialises itself. */
  readonly install: string
  /** `--basedir`, when the server was unpacked from a package. */
  readonly base: string | null
}

export interface Servers {
  database: DatabaseTool
  redis: Tool
}

/** Where servers are though PATH often does not say so. */
const furtherFolders = [
  '/usr/local/sbin',
  '/usr/sbin',
  '/usr/libexec',
  '/opt/homebrew/bin',
  '/opt/homebrew/opt/mariadb/bin',
  '/opt/homebrew/opt/mysql/bin',
  '/opt/homebrew/opt/redis/bin',
  '/usr/local/bin',
  '/usr/local/opt/mariadb/bin',
  '/usr/local/opt/mysql/bin',
  '/home/linuxbrew/.linuxbrew/bin',
]

/** A program on this machine, or null. `STAMPEDE_TOOLS=cache` looks away, to try the cache. */
export function whichOnMachine(name: string): string | null {
  if (process.env.STAMPEDE_TOOLS === 'cache') return null
  return Bun.which(name, { PATH: [process.env.PATH ?? '', ...furtherFolders].join(':') })
}

/**
 * Both servers: from this machine, else from the cache, else from the distribution's packages,
 * which are downloaded and unpacked into the cache without root and without touching the system.
 * @param options.install false = refuse instead of downloading
 * @throws UserError that names the packages or the one command to run
 */
export async function resolveServers(
  session: Session,
  options: { install: boolean },
): Promise<Servers> {
  const database = await findDatabase()
  const redis = await findRedis()
  if (database && redis) return { database, redis }
  const wanted = [...(database ? [] : packagesOf.database), ...(redis ? [] : packagesOf.redis)]
  const folder = database || redis ? wanted.join('+') : 'servers'
  await unpackPackages(session, wanted, { ...options, folder })
  const unpacked = { database: await findDatabase(), redis: await findRedis() }
  if (unpacked.database && unpacked.redis) {
    return { database: unpacked.database, redis: unpacked.redis }
  }
  const missing = unpacked.database ? 'redis-server' : 'mariadbd'
  throw new UserError(`the unpacked ${missing} does not run here; ${packagesOf.hint}`)
}

/** MariaDB or MySQL where it can be run at once, or null. */
export async function findDatabase(): Promise<DatabaseTool | null> {
  for (const name of ['mariadbd', 'mysqld']) {
    const server = whichOnMachine(name)
    const install = whichOnMachine('mariadb-install-db') ?? whichOnMachine('mysql_install_db')
    const found = server && (await asDatabase({ server, install, base: null, environment: {} }))
    if (found) return found
  }
  for (const root of await packageRoots()) {
    const found = await asDatabase({
      server: join(root, 'usr/sbin/mariadbd'),
      install: join(root, 'usr/bin/mariadb-install-db'),
      base: join(root, 'usr'),
      environment: await libraryEnvironment(root),
    })
    if (found) return found
  }
  return null
}

/** Redis where it can be run at once, or null. */
export async function findRedis(): Promise<Tool | null> {
  const path = whichOnMachine('redis-server')
  const found = path && (await asRedis(path, 'machine', {}))
  if (found) return found
  for (const root of await packageRoots()) {
    // Debian's redis-server is a link into redis-tools.
    const inCache = join(root, 'usr/bin/redis-server')
    const unpacked = await asRedis(inCache, 'cache', await libraryEnvironment(root))
    if (unpacked) return unpacked
  }
  return null
}

async function asDatabase(candidate: {
  server: string
  install: string | null
  base: string | null
  environment: Record<string, string>
}): Promise<DatabaseTool | null> {
  const { server, install, base, environment } = candidate
  const { code, out } = await run([server, '--version'], { environment })
  const version = /Ver\s+(\S+)/.exec(out)?.[1]
  if (code !== 0 || !version) return null
  const flavour = /mariadb/i.test(out) ? 'mariadb' : 'mysql'
  // A MariaDB without its installer can't make a data folder.
  if (flavour === 'mariadb' && !install) return null
  const from = base ? 'cache' : 'machine'
  return { flavour, server, install: install ?? '', base, version, from, environment }
}

async function asRedis(
  path: string,
  from: Tool['from'],
  environment: Record<string, string>,
): Promise<Tool | null> {
  const { code, out } = await run([path, '--version'], { environment })
  const version = /v=(\S+)/.exec(out)?.[1]
  return code === 0 && version ? { path, version, from, environment } : null
}

async function libraryEnvironment(root: string): Promise<Record<string, string>> {
  const names = await readdir(join(root, 'usr/lib')).catch(() => [])
  const own = process.env.LD_LIBRARY_PATH
  const folders = [...libraryFolders(root, names), ...(own ? [own] : [])]
  return { LD_LIBRARY_PATH: folders.join(':') }
}
