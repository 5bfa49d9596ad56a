import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { median } from 'simple-statistics'
import { notableVariables } from '../../lab/processes/environment.ts'
import { run } from '../../lab/processes/run.ts'
import { liveSessions } from '../../lab/processes/session.ts'
import type { Databases } from '../../lab/servers/databases.ts'
import packageJson from '../../package.json' with { type: 'json' }
import { engineOf, engineTitles } from '../../server/db/engine.ts'
import type { Environment } from './result.ts'

const root = resolve(import.meta.dir, '../..')
const syncs = 50

/** What the figures were made with and on. @param folder of the session */
export async function readEnvironment(
  databases: Databases,
  driver: string,
  folder: string,
): Promise<Environment> {
  const commit = await git('rev-parse', '--short', 'HEAD')
  const dirty = await git('status', '--porcelain')
  const suffix = dirty.code === 0 && dirty.out.trim() !== '' ? ' (with local changes)' : ''
  const engine = engineOf(databases.databaseVersion)
  const models = new Set(cpus().map(({ model }) => model))
  return {
    stampede: packageJson.version,
    gitCommit: commit.code === 0 ? `${commit.out.trim()}${suffix}` : 'not a git checkout',
    bun: Bun.version,
    database: `${engineTitles[engine]} ${databases.databaseVersion}`,
    redis: databases.redisVersion,
    driver,
    machine: `${[...models].join(', ')}, ${process.platform} ${release()}`,
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    databaseSettings: databases.settings,
    fsyncMicros: Math.round(fsyncMicros(folder)),
    notExercised: [engine === 'mariadb' ? 'MySQL' : 'MariaDB', 'a network between the processes'],
    variables: notableVariables(),
    alsoRunning: await liveSessions(basename(folder)),
  }
}

/** Git refuses the checkout of another user unless it is named. */
const git = (...words: string[]) =>
  run(['git', '-c', `safe.directory=${root}`, ...words], { folder: root })

/** Median time of an append of 512 bytes made durable, microseconds: the floor of every commit. */
function fsyncMicros(folder: string): number {
  const path = join(folder, 'fsync-probe')
  const file = openSync(path, 'w')
  const line = new Uint8Array(512)
  try {
    const times = Array.from({ length: syncs }, () => {
      const startedMs = performance.now()
      writeSync(file, line)
      fdatasyncSync(file)
      return (performance.now() - startedMs) * 1000
    })
    return median(times)
  } finally {
    closeSync(file)
    rmSync(path, { force: true })
  }
}
