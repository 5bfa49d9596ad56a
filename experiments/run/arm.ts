import { mkdir, rm } from 'node:fs/promises'
import type { Pool } from 'mysql2/promise'
import { openReader } from '../../audit/reader.ts'
import type { ServerChild } from '../../lab/processes/child.ts'
import { engineOf } from '../../server/db/engine.ts'
import { createSchema, dropSchema } from '../../server/db/migrate.ts'
import { defaultSeedProfile, seed } from '../../server/db/seed.ts'
import { ArmProcesses } from './arm-processes.ts'
import { requireServers } from './require-servers.ts'
import { restartCrashed } from './restart-crashed.ts'
import type { ArmSpec } from './result.ts'
import type { TestBed } from './test-bed.ts'

/**
 * One design with everything it needs: its own schema, ticket server, bank, API server and worker.
 */
export interface RunningArm {
  spec: ArmSpec
  schema: string
  /** `pid` is null where the process is in a container. */
  api: { url: string; pid: number | null }
  /** Absent where it cannot be reached. */
  worker?: { url: string; pid?: number }
  bank: { url: string }
  /** Of faults, where it is a process by itself and can be reached; else the API server has it. */
  board?: { url: string }
  /** Reads the arm's schema; BIGINT come as strings. */
  db: Pool
  users: number
  close(): Promise<void>
}

/** An arm whose processes are ours. */
export interface PrivateArm extends RunningArm {
  api: ServerChild
  worker: ServerChild
  tickets: ServerChild
  bank: ServerChild
  board: ServerChild
  /** Before its servers, where the test bed has one. */
  proxy?: ServerChild
  /** mysql://…/schema of the arm. */
  databaseUrl: string
  /** `kill -9`, and after a while a start on the same port: a crash during the sale. */
  crash(role: ArmRole, downMs?: number): Promise<void>
}

/** An arm to which partners come, by a coupon gateway. */
export interface PartnerArm extends PrivateArm {
  couponGateway: ServerChild
}

/** The processes of an arm. */
export const armRoles = ['api', 'worker', 'tickets', 'bank'] as const
export type ArmRole = (typeof armRoles)[number]

/** Starts an arm on a freshly seeded schema. Names must be unique among the running arms. */
export async function openArm(testBed: TestBed, spec: ArmSpec, name: string): Promise<PrivateArm> {
  const { databaseVersion, lockUrls } = testBed.databases
  // Of a database of the user's own it is known only now which one it is.
  const surroundings = {
    engine: engineOf(databaseVersion),
    hasLockServers: lockUrls !== undefined,
  }
  requireServers([spec.design], surroundings, `database server ${databaseVersion}`)
  const schema = `${testBed.databases.schemaPrefix}${name.replaceAll('-', '_')}`
  const url = await createSchema(testBed.databases.databaseUrl, schema)
  await seed(url, testBed.profile)
  const folder = testBed.session.dataPath(name)
  await mkdir(folder, { recursive: true })
  const processes = new ArmProcesses(testBed, spec, name)
  const { board, proxy, tickets, bank, api, worker } = await processes.allOrNone(async () => {
    const board = await processes.board(url)
    const backends = await processes.backends(url, board)
    const shops = [processes.api(backends.urls), processes.worker(backends.urls)] as const
    const [api, worker] = await Promise.all(shops)
    return { ...backends, board, api, worker }
  })
  const db = openReader(url)
  const closing = new AbortController()
  const arm: PrivateArm = {
    ...{ spec, schema, api, worker, tickets, bank, board, databaseUrl: url, db },
    ...(proxy ? { proxy } : {}),
    users: (testBed.profile ?? defaultSeedProfile).users,
    async crash(role, downMs = 0) {
      await arm[role].kill9()
      await Bun.sleep(downMs)
      arm[role] = await arm[role].again()
    },
    async close() {
      closing.abort()
      await Promise.all([arm.api.stop(), arm.worker.stop()])
      await Promise.all([arm.tickets.stop(), arm.bank.stop(), arm.board.stop(), db.end()])
      await proxy?.stop()
      await dropSchema(testBed.databases.databaseUrl, schema)
      await rm(folder, { recursive: true, force: true })
    },
  }
  const chaos = { url: board.url, token: testBed.chaosToken }
  for (const kind of ['api', 'worker'] as const) {
    const restarted = (server: ServerChild) => {
      arm[kind] = server
    }
    void restartCrashed(arm[kind], { kind, chaos, signal: closing.signal, restarted })
  }
  return arm
}

/** Starts an arm and its coupon gateway. @param gateway settings of the gateway's retries */
export async function openPartnerArm(
  testBed: TestBed,
  spec: ArmSpec,
  name: string,
  gateway: Record<string, string> = {},
): Promise<PartnerArm> {
  const arm = await openArm(testBed, spec, name)
  const { close } = arm
  try {
    const processes = new ArmProcesses(testBed, spec, name)
    const settings = { ...processes.obeying(arm.board), ...gateway }
    const couponGateway = await processes.couponGateway(arm.api.url, settings)
    const closeBoth = async () => {
      await couponGateway.stop()
      await close()
    }
    return Object.assign(arm, { couponGateway, close: closeBoth })
  } catch (error) {
    await close()
    throw error
  }
}
