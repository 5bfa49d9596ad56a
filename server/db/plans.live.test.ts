import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { Glob } from 'bun'
import { sql } from 'drizzle-orm'
import { describeLive, withWorld } from '../testing/fixtures.ts'
import { lockingStatements, type SourceStatement } from '../testing/source-statements.ts'
import { retentions } from '../worker/retention.ts'

const world = withWorld('plans')
const server = join(import.meta.dir, '..')

/** Statements that search without an index, and why they may. */
const unindexed: Record<string, string> = {
  'designs/dispatch/random-lock.ts': 'the design that locks all orders that wait, as it says',
  'shadow/writes/touched-rows.ts': 'empties tables of the shadow’s own schema',
}

/** Values of holes that are not a plain value, by the expression in them. */
const holes: readonly [RegExp, string][] = [
  [/^(now|before|left)$|Date\(|momentFromNow|endOf|lockedUntil/, 'utc_timestamp(3)'],
  [/^changes$/, 'status = 7'],
  [/^open$/, `id = 7 and status in ('sent', 'unknown')`],
  [/^isOf\(/, `idempotency_key in ('7') and owner in ('7')`],
  [/^isPayable\(/, `status = 'pending' and expires_at > utc_timestamp(3)`],
  [/^(amounts|versions|numberById.*)$/, 'case id when 7 then 1 else 2 end'],
  [/^until$/, 'utc_timestamp(3) + interval 1 day'],
  [/^sql\.join\(pairs/, '(7, 7)'],
  [/^(limit|batch)$/, '1'],
  [/^range$/, 'id > 7'],
  [/^unsettled$/, `where option_id = 7 and status in ('open', 'counted')`],
  [/^of$/, 'where id = 7'],
  [/^replayed$/, `event_id = '7' and handler = 'messages' and status = 'again'`],
  [/^isOver$/, `status = 'taken' and taken_at < utc_timestamp(3) - interval 1 day`],
  [/^how$/, 'relayed_at = null'],
]

/** What is written once for several tables, by the file. */
const variants: Record<string, readonly Record<string, string>[]> = {
  'worker/retention.ts': retentions.flatMap(({ tables }) => tables),
}

function* filledIn({ file, texts, holes: names }: SourceStatement): Generator<string> {
  for (const given of variants[file] ?? [{}]) {
    const values = names.map(
      (name) => given[name] ?? holes.find(([pattern]) => pattern.test(name))?.[1] ?? `'7'`,
    )
    yield texts
      .map((text, index) => text + (values[index] ?? ''))
      .join('')
      .replaceAll('?', `'7'`)
  }
}

interface PlanRow {
  table: string | null
  type: string | null
  key: string | null
  Extra: string | null
}

/** Undefined = every table is reached by an index. */
async function flawOf(statement: string): Promise<string | undefined> {
  const [version] = await world.query<{ name: string }>(sql`select version() as name`)
  const explain = version?.name.includes('MariaDB') ? 'explain' : 'explain format=traditional'
  const plan = await world.query<PlanRow>(sql.raw(`${explain} ${statement}`))
  // All rows that are sorted are locked, and not only those that the limit lets through.
  const mayNotSort = /\blimit\b/.test(statement)
  const scans = plan.filter(
    ({ type, key, Extra }) =>
      type === 'ALL' ||
      type === 'index' ||
      (key === null && !/const table/i.test(Extra ?? '')) ||
      (mayNotSort && /filesort/.test(Extra ?? '')),
  )
  const words = scans.map(({ table, type, Extra }) => `${table}: ${type} ${Extra}`)
  return words.length > 0 ? words.join(', ') : undefined
}

interface Column {
  name: string
  type: string
  length: number | null
}

/** An old row a number, all of them different: what a small table does is not what counts. */
async function fill(table: string): Promise<void> {
  const columns = await world.query<Column>(sql`
    select column_name as name, data_type as type, character_maximum_length as length
    from information_schema.columns
    where table_schema = database() and table_name = ${table} order by ordinal_position`)
  const values = columns.map(({ type, length }) => {
    if (type === 'json' || Number(length) > 1e6) return `'{}'`
    if (type === 'date') return `'2001-01-01' + interval number day`
    if (type === 'datetime') return `'2001-01-01' + interval number second`
    return length === null ? '5000 + number' : `right(concat('h', 5000 + number), ${length})`
  })
  const names = columns.map(({ name }) => `\`${name}\``)
  await world.query(
    sql.raw(`insert into ${table} (${names})
      with recursive digits (d) as (select 0 union all select d + 1 from digits where d < 39)
      select ${values} from (select a.d * 40 + b.d as number from digits a join digits b) numbers`),
  )
  await world.query(sql.raw(`analyze table ${table}`))
}

describeLive('plans', ['TEST_DATABASE_URL'], () => {
  test('every UPDATE, DELETE and locking read goes by an index', async () => {
    const tables = await world.query<{ name: string }>(sql`
      select table_name as name from information_schema.tables
      where table_schema = database() and table_name not like '%migrations%'`)
    for (const { name } of tables) await fill(name)
    const paths = [...new Glob('**/*.ts').scanSync(server)].filter(
      (path) => !/^(testing|bank|db\/seed)|\.test\.ts$/.test(path),
    )
    const statements = await lockingStatements(paths.map((path) => join(server, path)))
    expect(statements.length).toBeGreaterThan(60)
    const flaws: string[] = []
    for (const found of statements) {
      const file = found.file.slice(server.length + 1)
      for (const statement of filledIn({ ...found, file })) {
        const flaw = await flawOf(statement).catch((error: Error) => String(error.cause ?? error))
        if (flaw && !(file in unindexed)) flaws.push(`${file}: ${statement.trim()} (${flaw})`)
      }
    }
    expect(flaws).toEqual([])
  }, 60_000)
})
