import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { createConnection } from 'mysql2/promise'
import { readUp } from '../experiments/up/up-file.ts'
import { createSchema, dropSchema } from '../server/db/migrate.ts'

const server = Bun.env.TEST_DATABASE_URL
const schema = `stampede_test_replay_${process.pid}`
const isFree = server !== undefined && (await readUp()) === null
if (!isFree) console.log('skipped: replay (no test servers, or an environment is running)')

async function replay(environment: Record<string, string>, ...words: string[]) {
  const child = Bun.spawn(
    [process.execPath, join(import.meta.dir, 'main.ts'), 'replay', ...words],
    {
      env: { ...process.env, NO_COLOR: '1', DATABASE_URL: '', ...environment },
      stdin: 'ignore',
      stdout: 'pipe',
      stderr: 'pipe',
    },
  )
  const [out, err] = await Promise.all([child.stdout.text(), child.stderr.text()])
  return { code: await child.exited, out, err }
}

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
    const first = await replay({ DATABASE_URL: url })
    expect(first).toMatchObject({ code: 0, err: '' })
    expect(first.out).toContain('messages of order-paid-1, 3 tries: status 503')
    expect(first.out).toContain('2 of 2 dead effects queued again')
    expect((await replay({ DATABASE_URL: url })).out).toContain('0 of 0 dead effects')
    expect(await run('select status from effects order by handler')).toEqual([
      { status: 'again' },
      { status: 'done' },
      { status: 'again' },
    ])
    expect(await run('select relayed_at as at from outbox')).toEqual([{ at: null }])
  }, 20_000)

  test('takes one handler, and with --list none', async () => {
    const listed = await replay({ DATABASE_URL: url }, '--list')
    expect(listed.out).toContain('2 dead')
    const { out } = await replay({ DATABASE_URL: url }, '--handler', 'messages')
    expect(out).toContain('1 of 1 dead')
    expect(await run(`select handler from effects where status = 'dead'`)).toEqual([
      { handler: 'best-sellers' },
    ])
  }, 20_000)

  test('a database that is not stampede_* is never touched', async () => {
    const foreign = new URL(url)
    foreign.pathname = '/shop'
    const { code, err } = await replay({ DATABASE_URL: foreign.href })
    expect([code, err]).toEqual([4, expect.stringContaining('must name a database stampede_')])
  }, 20_000)

  test('mariadb:// is as good as mysql://', async () => {
    const { code, out } = await replay(
      { DATABASE_URL: url.replace('mysql:', 'mariadb:') },
      '--list',
    )
    expect([code, out]).toEqual([0, expect.stringContaining('2 dead')])
  }, 20_000)

  test('a database without the tables is refused in words', async () => {
    const absent = new URL(url)
    absent.pathname = '/stampede_absent'
    const { code, err } = await replay({ DATABASE_URL: absent.href })
    expect([code, err]).toEqual([3, expect.stringContaining('DATABASE_URL: Unknown database')])
  }, 20_000)

  test('without anything up and without DATABASE_URL it is refused in words', async () => {
    const { code, err } = await replay({})
    expect([code, err]).toEqual([4, expect.stringContaining('./stampede up')])
  }, 20_000)
})
