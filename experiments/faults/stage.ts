import { existsSync } from 'node:fs'
import { mkdir, open, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createConnection, type RowDataPacket } from 'mysql2/promise'
import type { Child } from '../../lab/processes/child.ts'
import { run } from '../../lab/processes/run.ts'
import { sendSignal } from '../../lab/processes/send-signal.ts'
import type { Session } from '../../lab/processes/session.ts'
import { resolveDatabase } from '../../lab/servers/engine.ts'
import { startMariaDb } from '../../lab/servers/mariadb.ts'
import { startRedis } from '../../lab/servers/redis.ts'
import { resolveTool } from '../../lab/tools/resolve.ts'
import type { Engine } from '../../server/db/engine.ts'
import { openArm, type PrivateArm } from '../run/arm.ts'
import type { TestBed } from '../run/test-bed.ts'

const schemaPrefix = 'stampede_faults_'
const answerMsMax = 10_000

/** An arm on a database server and a Redis of its own, so that a fault may hit any part. */
export interface Stage {
  arm: PrivateArm
  testBed: TestBed
  database: HitServer
  redis: HitServer
  /** Runs a statement as root, which no setting keeps out, on a connection of its own. */
  asRoot(statement: string): Promise<RowDataPacket[]>
  /** Moves the wall clock of the API server, where it has one of its own. @param seconds whole */
  setClock(seconds: number): Promise<void>
  /** Leaves no byte free on the database's disk, where it has one of its own. */
  fillDisk(fullMs: number): Promise<void>
  close(): Promise<void>
}

/** What not every machine can give. */
export type Need = 'clock' | 'disk' | 'proxy'

/** A server that is killed and started again on the same port, with the same data. */
export interface HitServer {
  readonly pid: number
  crash(downMs: number): Promise<void>
  stop(): Promise<void>
}

const faketime = '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1'

/**
 * Whether this machine can give it: a clock by Debian's libfaketime, a disk by a mount, which only
 * root may make.
 */
export const has: Record<Need, boolean> = {
  clock: existsSync(faketime),
  disk: process.getuid?.() === 0,
  proxy: true,
}

export async function openStage(
  session: Session,
  design: string,
  { name, engine, needs }: { name: string; engine: Engine; needs: Need | undefined },
): Promise<Stage> {
  const install = { install: true }
  const databaseTool = await resolveDatabase(session, { ...install, database: engine })
  const redisTool = await resolveTool(session, 'redis', install)
  const disk = session.dataPath(`database-${name}`)
  if (needs === 'disk') await mountSmall(session, disk)
  const database = await startMariaDb(session, databaseTool, { name: `database-${name}` })
  const redis = await startRedis(session, redisTool, `redis-${name}`)
  const asRoot = (statement: string) => query(database.url, statement)
  const clock = session.dataPath(`clock-${name}`)
  const setClock = (seconds: number) => writeFile(clock, `${seconds < 0 ? '' : '+'}${seconds}s`)
  await setClock(0)
  const testBed: TestBed = {
    session,
    databases: {
      databaseUrl: await ordinaryUser(database.url, asRoot),
      schemaPrefix,
      databaseVersion: database.version,
      settings: database.settings,
      databasePid: null,
      redisUrl: redis.url,
      redisVersion: redis.version,
    },
    chaosToken: crypto.randomUUID(),
    isProxied: needs === 'proxy',
    ...(needs === 'clock' ? { apiSettings: clockSettings(clock) } : {}),
  }
  const arm = await openArm(testBed, { name: 'after', design }, name)
  const servers = { database: hitServer(database), redis: hitServer(redis) }
  return {
    ...{ arm, testBed, asRoot, setClock, ...servers },
    fillDisk: (fullMs) => fill(join(disk, 'filler'), fullMs),
    async close() {
      await arm.close()
      await Promise.all([servers.database.stop(), servers.redis.stop()])
      if (needs === 'disk') await mounting(session, ['umount', disk])
    },
  }
}

function hitServer({
  child,
  again,
}: {
  child: Child
  again(): Promise<{ child: Child }>
}): HitServer {
  let running = child
  return {
    get pid() {
      return running.pid
    },
    async crash(downMs: number) {
      await running.kill9()
      await Bun.sleep(downMs)
      running = (await again()).child
    },
    stop: () => running.stop(),
  }
}

/** A disk in memory, with little room beside what a database begins with. */
async function mountSmall(session: Session, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  await mounting(session, ['mount', '-t', 'tmpfs', '-o', 'size=1g', 'tmpfs', folder])
}

async function mounting(session: Session, command: string[]): Promise<void> {
  const { code, err } = await run(command, { session, timeoutMs: answerMsMax })
  if (code !== 0) throw new Error(`${command.join(' ')}: ${err}`)
}

async function fill(path: string, fullMs: number): Promise<void> {
  const file = await open(path, 'w')
  try {
    for (const block = new Uint8Array(1024 * 1024); ; ) await file.write(block)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
    await Bun.sleep(fullMs)
  } finally {
    await file.close()
    await rm(path)
  }
}

/** Stops a process and lets it go on. */
export async function freeze(pid: number, frozenMs: number): Promise<void> {
  sendSignal(-pid, 'SIGSTOP')
  try {
    await Bun.sleep(frozenMs)
  } finally {
    sendSignal(-pid, 'SIGCONT')
  }
}

/** A user whom `read_only` keeps from writing, as that of a shop would be. @returns its URL */
async function ordinaryUser(rootUrl: string, asRoot: Stage['asRoot']): Promise<string> {
  const [url, password] = [new URL(rootUrl), crypto.randomUUID()]
  await asRoot(`create user shop@'127.0.0.1' identified by '${password}'`)
  await asRoot(`grant all on \`${schemaPrefix.replaceAll('_', '\\_')}%\`.* to shop@'127.0.0.1'`)
  await asRoot("grant process on *.* to shop@'127.0.0.1'")
  return `mysql://shop:${password}@${url.host}`
}

async function query(url: string, statement: string): Promise<RowDataPacket[]> {
  const connection = await createConnection({ uri: url, connectTimeout: answerMsMax })
  try {
    const [rows] = await connection.query<RowDataPacket[]>({ sql: statement, timeout: answerMsMax })
    return rows
  } finally {
    connection.destroy()
  }
}

const clockSettings = (file: string) => ({
  LD_PRELOAD: faketime,
  FAKETIME_TIMESTAMP_FILE: file,
  FAKETIME_CACHE_DURATION: '1',
  // Timers and deadlines go by the monotonic clock, which no administrator moves.
  FAKETIME_DONT_FAKE_MONOTONIC: '1',
})
