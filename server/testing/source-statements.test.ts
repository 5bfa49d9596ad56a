import { afterAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { lockingStatements } from './source-statements.ts'

const folder = mkdtempSync(join(tmpdir(), 'statements-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** @param text with `@{` where a hole of a template begins */
async function found(text: string) {
  const file = join(folder, 'a.ts')
  await Bun.write(file, text.replaceAll('@', '$'))
  return (await lockingStatements([file])).map(({ texts, holes }) => ({ texts, holes }))
}

test('changes and locking reads are found, with their holes', async () => {
  expect(await found('sql`update t set a = @{a.b({ c: 1 })} where id = @{id}`')).toEqual([
    { texts: ['update t set a = ', ' where id = ', ''], holes: ['a.b({ c: 1 })', 'id'] },
  ])
  expect(await found('sql`\n  select a from t\n  lock in share mode`')).toHaveLength(1)
})

test('so are those within a hole, and behind it', async () => {
  const nested = 'sql`select @{sql`delete from @{`t@{1}`} where a = 1`} from t`; sql`update t`'
  expect((await found(nested)).map(({ texts }) => texts[0])).toEqual(['delete from ', 'update t'])
})

test('reads, inserts and other text are not', async () => {
  const others = 'sql`select a from t`; sql`insert into t values (@{a})`; `an update`'
  expect(await found(others)).toEqual([])
})
