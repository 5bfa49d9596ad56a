import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { createConnection, type RowDataPacket } from 'mysql2/promise'
import type { Child } from '../../lab/processes/child.ts'
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
  close(): Promise<void>
}

/** A server that is killed and started again on the same port, with the same data. */
export interface HitServer {
  readonly pid: number
  crash(downMs: number): Promise<void>
  stop(): Promise<void>
}

const faketime = '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1'

/** Whether Debian's libfaketime is here, by which a process gets a clock of its own. */
export const hasFaketime = existsSync(faketime)

/** @param options.hasClock the API server's wall clock can be moved; needs libfaketime */
export async function openStage(
  session: Session,
  design: string,
  { name, engine, hasClock }: { name: string; engine: Engine; hasClock: boolean },
): Promise<Stage> {
  const install = { install: true }
  const databaseTool = await resolveDatabase(session, { ...install, database: engine })
  const redisTool = await resolveTool(session, 'redis', install)
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
    ...(hasClock ? { apiSettings: clockSettings(clock) } : {}),
  }
  const arm = await openArm(testBed, { name: 'after', design }, name)
  const servers = { database: hitServer(database), redis: hitServer(redis) }
  return {
    ...{ arm, testBed, asRoot, setClock, ...servers },
    async close() {
      await arm.close()
      await Promise.all([servers.database.stop(), servers.redis.stop()])
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
