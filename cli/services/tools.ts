import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { Refusal } from './refusal.ts'

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

/** Stampede's cache outside the checkout: `$XDG_CACHE_HOME/stampede` or `~/.cache/stampede`. */
export function cacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'stampede')
}
export async function findServers(): Promise<{ database: DatabaseTool; redis: Tool }> {
  const server = Bun.which('mariadbd') ?? Bun.which('mysqld')
  const redis = Bun.which('redis-server')
  if (!server || !redis) throw new Refusal('no server')
  void dirname
  return {
    database: {
      flavour: 'mariadb',
      server,
      install: Bun.which('mariadb-install-db') ?? '',
      base: null,
      version: (await Bun.$`${server} --version`.text()).trim(),
      from: 'machine',
      environment: {},
    },
    redis: { path: redis, version: '7', from: 'machine', environment: {} },
  }
}
