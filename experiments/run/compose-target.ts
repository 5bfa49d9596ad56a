import type { Pool, RowDataPacket } from 'mysql2/promise'
import { openReader } from '../../audit/reader.ts'
import type { Databases } from '../../lab/servers/databases.ts'
import { readFacts } from '../../lab/servers/mariadb.ts'
import { readRedisVersion } from '../../lab/servers/redis.ts'
import { exitCodes, UserError } from '../../lab/user-error.ts'
import { createSchema, schemaUrl } from '../../server/db/migrate.ts'
import { defaultSeedProfile, seed } from '../../server/db/seed.ts'
import type { RunningArm } from './arm.ts'
import { waitForQuiescence } from './quiescence.ts'
import type { ArmSpec } from './result.ts'
import type { TestBed } from './test-bed.ts'

/** What docker-compose.yml publishes on 127.0.0.1; a test holds the two together. */
export const published = {
  mysql: 4306,
  redis: 4379,
  'api-before': 4301,
  'api-after': 4302,
  'bank-before': 4311,
  'bank-after': 4312,
}

const answerMsMax = 5000
const quietMsMax = 60_000

export interface ComposeTarget {
  databases: Databases
  chaosToken: string
  openArm(testBed: TestBed, spec: ArmSpec): Promise<RunningArm>
}

/**
 * The servers that `docker compose up` has published.
 * @param environment CHAOS_TOKEN and MYSQL_PASSWORD as compose got them
 * @throws UserError when a variable is missing or a server does not answer
 */
export async function openCompose(
  ports: typeof published = published,
  environment: Record<string, string | undefined> = process.env,
): Promise<ComposeTarget> {
  const { CHAOS_TOKEN: chaosToken, MYSQL_PASSWORD: password } = environment
  if (!chaosToken) {
    const why = 'set CHAOS_TOKEN to what docker compose was started with'
    throw new UserError(`--target compose: ${why}`, exitCodes.badArguments)
  }
  const account = `stampede:${encodeURIComponent(password || 'stampede')}`
  const databaseUrl = `mysql://${account}@127.0.0.1:${ports.mysql}`
  const redisUrl = `redis://127.0.0.1:${ports.redis}`
  const facts = await readFacts(databaseUrl).catch((error) => refuse('MySQL', ports.mysql, error))
  const redisVersion = await readRedisVersion(redisUrl).catch((error) =>
    refuse('Redis', ports.redis, error),
  )
  const databases = {
    databaseUrl,
    schemaPrefix: 'stampede_',
    databaseVersion: facts.version,
    settings: facts.settings,
    databasePid: null,
    redisUrl,
    redisVersion,
  }
  return { databases, chaosToken, openArm: (testBed, spec) => attachArm(testBed, spec, ports) }
}

function refuse(name: string, port: number, error: unknown): never {
  const hint = 'is it up? docker compose up --wait'
  throw new UserError(`--target compose: ${name} on 127.0.0.1:${port}: ${String(error)}; ${hint}`)
}

/**
 * An arm of compose, with schema and seed created again and the ledgers of bank and partners empty.
 * The queue is empty once the arm is quiescent. Ticket numbers continue: the ticket server keeps
 * running, and would stop if its marks went back.
 * @throws UserError when the arm has another design, or never comes to rest
 */
async function attachArm(
  { databases, profile }: TestBed,
  spec: ArmSpec,
  ports: typeof published,
): Promise<RunningArm> {
  const name = spec.name === 'before' ? 'before' : 'after'
  const api = `http://127.0.0.1:${ports[`api-${name}`]}`
  const bank = `http://127.0.0.1:${ports[`bank-${name}`]}`
  await confirmDesign(api, spec)
  const schema = `${databases.schemaPrefix}${name}`
  const url = schemaUrl(databases.databaseUrl, schema)
  const db = openReader(url)
  try {
    const pending = await waitForQuiescence(db, quietMsMax)
    if (pending.length > 0) throw new UserError(`the arm ${name} is busy: ${pending.join(', ')}`)
    const marks = await readMarks(db)
    await createSchema(databases.databaseUrl, schema)
    await seed(url, profile)
    await writeMarks(db, marks)
    await ask(`${bank}/v1/ledger`, 'DELETE')
    await ask(`${api}/readyz`)
  } catch (error) {
    await db.end()
    throw error
  }
  return {
    spec,
    schema,
    api: { url: api, pid: null },
    bank: { url: bank },
    db,
    users: (profile ?? defaultSeedProfile).users,
    close: () => db.end(),
  }
}

type Marks = [name: string, highWater: string, updatedAt: Date][]

async function readMarks(db: Pool): Promise<Marks> {
  const sql = 'select name, high_water, updated_at from ticket_marks'
  const [rows] = await db.query<RowDataPacket[][]>({ sql, rowsAsArray: true })
  return rows as unknown as Marks
}

async function writeMarks(db: Pool, marks: Marks): Promise<void> {
  if (marks.length === 0) return
  await db.query('insert into ticket_marks (name, high_water, updated_at) values ?', [marks])
}

async function confirmDesign(api: string, { name, design }: ArmSpec): Promise<void> {
  const answer = await ask(`${api}/designs`)
  const { current } = (await answer.json()) as { current: string }
  if (current === design) return
  const why = `the arm ${name} runs ${current}, not ${design}; --arms is for private servers`
  throw new UserError(`--target compose: ${why}`, exitCodes.badArguments)
}

async function ask(url: string, method = 'GET'): Promise<Response> {
  const answer = await fetch(url, { method, signal: AbortSignal.timeout(answerMsMax) }).catch(
    (error) => refuse(method, Number(new URL(url).port), error),
  )
  if (answer.ok) return answer
  throw new UserError(`--target compose: ${method} ${url} answered ${answer.status}`)
}
