import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { createConnection } from 'mysql2/promise'
import { describeLive, withWorld } from '../server/testing/fixtures.ts'
import { isForTests, readTree } from '../testing/tidy/tree.ts'
import { readComposeFile, root } from './testing/compose-file.ts'
import { accountStatements } from './testing/mysql-accounts.ts'
import { type Statement, statementsIn } from './testing/statements.ts'

// Every statement is prepared on the server that the tests run on, MySQL in their second pass.
// Where no MySQL is available, a list of what only one of the two supports stands in for it.

const tree = await readTree(root)
const spoken = /^(?:server|chaos|cli|lab|audit|experiments\/run)\/.*\.ts$/
/**
 * SQLite, the pretend bank's own ledger; the option that is MariaDB's, refused on MySQL; and labels
 * of a metric, which are beginnings of statements.
 */
const otherSql = [
  ...['server/bank/', 'server/designs/ids/database-sequence.ts'],
  'server/metrics/sql.ts',
]
const sources = tree.filter(
  ({ path }) =>
    spoken.test(path) && !isForTests(path) && !otherSql.some((one) => path.startsWith(one)),
)

/** Texts that begin like a statement but are not one, each with the reason. */
const exceptions: Record<string, string> = {
  'select for update, look, update': 'prose: the line of an option',
  'select /*+ max_execution_time(1) */': 'the beginning of a statement that is put together',
  'select issue_coupons(1, 1, 1, 1) as answer': 'its function is made when the option opens',
}

/** Errors of what is written; all others come from the values that fill the holes. */
const refused = new Map([
  [1064, 'not its syntax'],
  [1054, 'no such column'],
  [1305, 'no such function'],
])

async function migrations(): Promise<Statement[]> {
  const files = tree.filter(({ path }) => /^server\/db\/migrations\/.*\.sql$/.test(path))
  expect(files.length).toBeGreaterThan(0)
  return files.flatMap(({ path, text }) =>
    text.split('--> statement-breakpoint').map((sql) => ({ where: path, sql: sql.trim() })),
  )
}

async function healthStatements(): Promise<Statement[]> {
  const { services } = await readComposeFile()
  const line = services.mysql?.healthcheck?.test.join(' ') ?? ''
  const sql = /--execute='([^']+)'/.exec(line)?.[1] ?? ''
  return sql.split(';').map((one) => ({ where: 'docker-compose.yml', sql: one }))
}

const inSources = await statementsIn(sources.map(({ path }) => path))
const statements = [
  ...inSources,
  ...(await migrations()),
  ...(await healthStatements()),
  ...(await accountStatements()),
].filter(({ sql }) => exceptions[sql.trim()] === undefined)

test('the statements of the sources were found, and every exception among them', () => {
  expect(inSources.length).toBeGreaterThan(120)
  const unused = Object.keys(exceptions).filter(
    (exception) => !inSources.some(({ sql }) => sql.trim() === exception),
  )
  expect(unused).toEqual([])
})

describeLive('on the server', ['TEST_DATABASE_URL'], () => {
  const world = withWorld('statements')

  test('every statement is taken', async () => {
    const connection = await createConnection({ uri: world.databaseUrl, connectTimeout: 5_000 })
    const complaints: string[] = []
    for (const { where, sql } of statements) {
      try {
        await (await connection.prepare(sql)).close()
      } catch (error) {
        const { errno, message } = error as Error & { errno: number }
        const why = refused.get(errno)
        if (why !== undefined) complaints.push(`${where}: ${why}: ${message}\n${sql}`)
      }
    }
    connection.destroy()
    expect(complaints).toEqual([])
  })
})

/** Syntax that one of the two servers lacks: the sources must do without, on both. */
const dialect: Record<string, RegExp> = {
  'RETURNING: MariaDB only': /\breturning\b/i,
  'sequences: MariaDB only': /\b(?:nextval|lastval|create sequence|next value for)\b/i,
  'CREATE OR REPLACE TABLE: MariaDB only': /\bcreate or replace table\b/i,
  'SET STATEMENT … FOR: MariaDB only': /^\s*set statement\b/i,
  'FOR UPDATE WAIT n: MariaDB only': /\bfor update wait\b/i,
  'ROWS EXAMINED: MariaDB only': /\brows examined\b/i,
  'column IF NOT EXISTS: MariaDB only': /\b(?:add|drop) (?:column|index) if\b/i,
  'UUID, INET6 as types: MariaDB only': /\s(?:uuid|inet[46])(?=\s*[,)]|\s+(?:not|default))/i,
  'max_statement_time: MariaDB only': /\bmax_statement_time\b/i,
  'FOR SHARE: MySQL only': /\bfor share\b/i,
  'a name for the new row: MySQL only': /\bvalues\b.*\)\s+as\s+\w+\s+on duplicate/is,
  '-> and ->>: MySQL only': /->/,
  'LATERAL, MEMBER OF: MySQL only': /\b(?:lateral|member of)\b/i,
  'max_execution_time: MySQL only': /\bmax_execution_time\s*=/i,
  // MariaDB calls it 1205 as if the wait had timed out, MySQL 3572.
  'NOWAIT: another error on each': /\bnowait\b/i,
}

/** Both are sent; each server refuses the other's, and the pool does not mind. */
const either = /^SET max_(?:statement|execution)_time = /

describe('no statement is in the dialect of one server', () => {
  test.each(Object.entries(dialect))('%s', (_, pattern) => {
    const found = statements.filter(({ sql }) => pattern.test(sql) && !either.test(sql))
    expect(found).toEqual([])
  })

  test.each([
    ['RETURNING', 'insert into a (b) values (1) returning b'],
    ['FOR SHARE', 'select * from a where b = 1 for share'],
    ['a name', 'insert into a (b) values (1) as fresh\non duplicate key update b = fresh.b'],
    ['UUID', 'create table a (b uuid not null)'],
    ['->', "select a->'$.b' from c"],
    ['max_statement_time', 'set session max_statement_time = 1'],
  ])('%s is found', (beginning, sql) => {
    const [, pattern] = Object.entries(dialect).find(([name]) => name.startsWith(beginning)) ?? []
    expect(pattern?.test(sql)).toBe(true)
  })
})

test('the migrations’ folder is the one that is applied', async () => {
  const journal = await Bun.file(join(root, 'server/db/migrations/meta/_journal.json')).json()
  const tags: string[] = journal.entries.map(({ tag }: { tag: string }) => tag)
  const files = tree.flatMap(({ path }) => /migrations\/(\w+)\.sql$/.exec(path)?.[1] ?? [])
  expect(files).toEqual(tags)
})
