import { join, resolve } from 'node:path'

/** A program that Stampede runs: how it is recognised, and where it comes from if missing. */
export interface ToolSpec {
  /** Names of its program; the first that runs is taken. */
  programs: readonly string[]
  /** Prints its version, in the first group of the pattern. */
  versionFlag: '--version' | 'version'
  version: RegExp
  versionMin?: string
  /** One of these programs must exist as well. */
  companion?: { programs: readonly string[] }
  /** Only our own build of `versionMin` is taken, never one of this machine. */
  isOwn?: true
  /** Packages of the distribution. Never those that start system services on their own. */
  packages?: {
    names: readonly string[]
    isStatic?: true
    /** The suite of Debian that has them, on a Debian whose own does not. */
    suite?: string
  }
  /** SHA-256 of the official release archives that were verified, by system. */
  release?: { url: (version: string, system: string) => string; digests: Record<string, string> }
  /** Go module beside its go.sum; both pin `versionMin`. */
  module?: { folder: string; program: string; usualMs: number; size: string }
}

const k6Releases = 'https://github.com/grafana/k6/releases/download'
const anyVersion = /(\d+\.\d+\.\d+)/
const checkout = resolve(import.meta.dir, '../..')

export const catalogue = {
  mariadb: {
    programs: ['mariadbd', 'mysqld'],
    versionFlag: '--version',
    version: /Ver\s+(\S*mariadb\S*)/i,
    // MariaDB without its installer cannot make a data folder; MySQL initialises itself.
    companion: { programs: ['mariadb-install-db', 'mysql_install_db'] },
    packages: { names: ['mariadb-server-core', 'mariadb-client-core'] },
  },
  mysql: {
    programs: ['mysqld'],
    versionFlag: '--version',
    version: /Ver\s+((?!\S*mariadb)\S+)/i,
    versionMin: '8.0.0',
    packages: { names: ['mysql-server-core'], suite: 'sid' },
  },
  redis: {
    programs: ['redis-server'],
    versionFlag: '--version',
    version: /v=(\S+)/,
    packages: { names: ['redis-server', 'redis-tools'] },
  },
  prometheus: {
    programs: ['prometheus'],
    versionFlag: '--version',
    version: anyVersion,
    // Receives remote write (2.33) and supports native histograms (2.40).
    versionMin: '2.40.0',
    companion: { programs: ['promtool'] },
    packages: { names: ['prometheus'], isStatic: true },
  },
  'mysqld-exporter': {
    programs: ['prometheus-mysqld-exporter'],
    versionFlag: '--version',
    version: anyVersion,
    packages: { names: ['prometheus-mysqld-exporter'], isStatic: true },
  },
  'redis-exporter': {
    programs: ['prometheus-redis-exporter'],
    versionFlag: '--version',
    version: anyVersion,
    packages: { names: ['prometheus-redis-exporter'], isStatic: true },
  },
  k6: {
    programs: ['k6'],
    versionFlag: 'version',
    version: /v(\d+\.\d+\.\d+)/,
    versionMin: '2.2.0',
    release: {
      url: (version, system) => `${k6Releases}/v${version}/k6-v${version}-${system}.tar.gz`,
      digests: {
        'linux-amd64': 'b5a8003c86f35f5cd5ceef1490312c48e587696c94d998cefc6d7b3b4cb1597d',
      },
    },
    module: {
      folder: join(import.meta.dir, 'k6'),
      program: 'go.k6.io/k6/v2',
      // Seen: 80 s on four idle cores, 190 s on two busy ones.
      ...{ usualMs: 180_000, size: '65 MB' },
    },
  },
  /** Docker's compose client. It needs no Docker engine for `config`. */
  compose: {
    programs: ['docker-compose'],
    versionFlag: 'version',
    version: /version\s+v?(\S+)/,
    versionMin: '2.40.3',
    isOwn: true,
    module: {
      folder: join(checkout, 'deploy/compose'),
      program: 'github.com/docker/compose/v2/cmd',
      ...{ usualMs: 110_000, size: '100 MB' },
    },
  },
} as const satisfies Record<string, ToolSpec>

export type ToolName = keyof typeof catalogue

export const specOf = (name: ToolName): ToolSpec => catalogue[name]
