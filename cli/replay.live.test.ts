import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { createConnection } from 'mysql2/promise'
import { readUp } from '../experiments/up/up-file.ts'
import { run as runProgram } from '../lab/processes/run.ts'
import { createSchema, dropSchema } from '../server/db/migrate.ts'

const server = Bun.env.TEST_DATABASE_URL
const schema = `stampede_test_replay_${process.pid}`
const isFree = server !== undefined && (await readUp()) === null
if (!isFree) console.log('skipped: replay (no test servers, or an environment is running)')

const replay = (url: string, ...words: string[]) =>
  runProgram([process.execPath, join(import.meta.dir, 'main.ts'), 'replay', ...words], {
    environment: { NO_COLOR: '1', DATABASE_URL: url },
  })

describe.skipIf(!isFree)('replay', () => {
  let url = ''
  const run = async (...statements: string[]) => {
    const db = await createConnection(url)
    const results: unknown[] = []
    for (const statement of statements) results.push((await db.query(statement))[0])
    await db.end()
    return results.at(-1)
  }
  beforeAll(async () => {
    url = await createSchema(server ?? '', schema)
  }, 30_000)
  afterAll(() => dropSchema(server ?? '', schema))
  beforeEach(async () => {
    await run(
      'delete from effects',
      'delete from outbox',
      `insert into outbox (event_id, type, payload, created_at, relayed_at)
       values ('order-paid-1', 'order.paid', '{"type":"order.paid"}', now(), now())`,
      `insert into effects values
       ('order-paid-1', 'messages', 'dead', 3, 'status 503', '2026-01-05'),
       ('order-paid-1', 'best-sellers', 'dead', 3, 'no', '2026-01-05'),
       ('order-paid-1', 'data-platform', 'done', 1, null, '2026-01-05')`,
    )
  })

  test('lists what is dead, queues it again, says how many; then there is none', async () => {
    const first = await replay(url)
    expect(first).toMatchObject({ code: 0, err: '' })
    expect(first.out).toContain('messages of order-paid-1, 3 tries: status 503')
    expect(first.out).toContain('2 of 2 dead effects queued again')
    expect((await replay(url)).out).toContain('0 of 0 dead effects')
    expect(await run('select status from effects order by handler')).toEqual([
      { status: 'again' },
      { status: 'done' },
      { status: 'again' },
    ])
    expect(await run('select relayed_at as at from outbox')).toEqual([{ at: null }])
  }, 20_000)

  test('takes one handler, and with --list none', async () => {
    const listed = await replay(url, '--list')
    expect(listed.out).toContain('2 dead')
    const { out } = await replay(url, '--handler', 'messages')
    expect(out).toContain('1 of 1 dead')
    expect(await run(`select handler from effects where status = 'dead'`)).toEqual([
      { handler: 'best-sellers' },
    ])
  }, 20_000)

  test('mariadb:// is as good as mysql://', async () => {
    const { code, out } = await replay(url.replace('mysql:', 'mariadb:'), '--list')
    expect([code, out]).toEqual([0, expect.stringContaining('2 dead')])
  }, 20_000)

  test.each([
    ['a database that is not stampede_*', '/shop', 4, 'must name a database stampede_'],
    ['one without the tables', '/stampede_absent', 3, 'DATABASE_URL: Unknown database'],
    ['none, and nothing up', null, 4, './stampede up'],
  ])(
    '%s is refused in words',
    async (_, pathname, exitCode, why) => {
      const { code, err } = await replay(pathname === null ? '' : new URL(pathname, url).href)
      expect([code, err]).toEqual([exitCode, expect.stringContaining(why)])
    },
    20_000,
  )
})
