import { afterAll, describe, expect, test } from 'bun:test'
import { createPool } from 'mysql2/promise'
import { run } from '../lab/processes/run.ts'
import { freePort } from '../lab/servers/free-port.ts'
import { serverArguments } from '../lab/servers/mariadb.ts'
import { readRedisVersion } from '../lab/servers/redis.ts'
import { scratchFolder } from '../lab/testing/scratch.ts'
import { findProgram } from '../lab/tools/find.ts'
import { createSchema, dropSchema } from '../server/db/migrate.ts'
import { describeLive } from '../server/testing/fixtures.ts'
import { readComposeFile } from './testing/compose-file.ts'
import { accountsSql } from './testing/mysql-accounts.ts'
import { pathWith, startProgram, stopPrograms } from './testing/tools.ts'

// The servers' own command lines and health checks, run if the program is installed.

const { services } = await readComposeFile()
const redisServer = await findProgram('redis-server')
const mysqlClient = await findProgram('mysql')
const folder = await scratchFolder(stopPrograms)

const healthOf = (name: string) => services[name]?.healthcheck?.test ?? []

const exitOf = async (command: string[], environment: Record<string, string>) =>
  (await run(command, { environment, timeoutMs: 10_000 })).code

test('MySQL has settings that the private MySQL runs with', () => {
  const words = serverArguments({ companion: null, root: null }, '/data', 3306)
  const command = services.mysql?.command ?? []
  expect(command.length).toBeGreaterThan(5)
  expect(command.filter((word) => !words.includes(word))).toEqual([])
})

describe.skipIf(!redisServer)('redis', () => {
  test('its command line starts, keeps jobs when memory is full, and is healthy', async () => {
    const port = await freePort()
    const [, ...words] = services.redis?.command ?? []
    const here = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder]
    const environment = { PATH: pathWith(redisServer ?? '') }
    const [, program = '', ...rest] = healthOf('redis')
    const health = () => exitOf([program, '-p', `${port}`, ...rest], environment)
    expect(await health()).not.toBe(0)

    startProgram([redisServer ?? '', ...words, ...here])
    const url = `redis://127.0.0.1:${port}`
    while (!(await readRedisVersion(url).catch(() => null))) await Bun.sleep(20)
    expect(await health()).toBe(0)
    const { Redis } = await import('ioredis')
    const client = new Redis(url, { commandTimeout: 2000 })
    const settings = await client.config('GET', 'maxmemory*', 'append*', 'save')
    client.disconnect()
    const pairs = JSON.stringify(settings)
    expect(pairs).toContain('"noeviction"')
    expect(pairs).toContain('"everysec"')
  })
})

describeLive('mysql', ['TEST_DATABASE_URL'], () => {
  const server = Bun.env.TEST_DATABASE_URL ?? ''
  const user = 'stampedeaccounts'
  const schemas = ['before', 'after'].map((arm) => `stampede_test_accounts_${process.pid}_${arm}`)
  const pool = createPool({ uri: server, multipleStatements: true })
  afterAll(async () => {
    await pool.query(`drop user if exists ${user}@'%'; drop user if exists exporter@'%'`)
    for (const schema of schemas) await dropSchema(server, schema)
    await pool.end()
  })

  /** The check's own shell line, with the server and the schemas of this test. */
  function health(password: string): Promise<number> {
    const [kind, line = ''] = healthOf('mysql')
    expect(kind).toBe('CMD-SHELL')
    const here = line
      .replace('--protocol=TCP', `--protocol=TCP --port=${new URL(server).port}`)
      .replace(/stampede_(before|after)\b/g, `stampede_test_accounts_${process.pid}_$1`)
    const environment = { PATH: pathWith(mysqlClient ?? ''), MYSQL_USER: user }
    return exitOf(['sh', '-c', here], { ...environment, MYSQL_PASSWORD: password })
  }

  test.skipIf(!mysqlClient)(
    'is healthy as the shop, on migrated tables, and not before',
    async () => {
      const { sql, refusal } = await accountsSql({
        MYSQL_USER: user,
        EXPORTER_PASSWORD: 'for-tests',
      })
      expect(refusal).toBeNull()
      // MYSQL_USER is made by the image itself, before the script runs.
      await pool.query(`create user ${user}@'%' identified by 'secret-of-tests'`)
      await pool.query(sql)
      expect(await health('secret-of-tests')).not.toBe(0)
      for (const schema of schemas) await createSchema(server, schema)
      expect(await health('secret-of-tests')).toBe(0)
      expect(await health('wrong')).not.toBe(0)
    },
  )

  test('the shop may touch its own schemas only, and the exporter may only look', async () => {
    const shown = async (what: string, name: string) => {
      const [rows] = await pool.query(`show ${what} ${name}@'%'`)
      return (rows as object[]).flatMap((row) => Object.values(row)).join('\n')
    }
    const ofShop = await shown('grants for', user)
    expect(ofShop).toContain('GRANT ALL PRIVILEGES ON `stampede\\_%`.*')
    expect(ofShop).toContain('GRANT PROCESS ON *.*')
    expect(ofShop.split('\n')).toHaveLength(2)
    expect(await shown('create user', 'exporter')).toContain('WITH MAX_USER_CONNECTIONS 3')
    expect(await shown('grants for', 'exporter')).not.toMatch(
      /\b(?:ALL|INSERT|UPDATE|DELETE|CREATE)\b/,
    )
  })

  test.each(["x'; drop user root; --", 'short', 'with space inside', '$(id)-12345678', ''])(
    'a password that could be more than one stops the start: %s',
    async (password) => {
      const answer = await accountsSql({ MYSQL_USER: 'stampede', EXPORTER_PASSWORD: password })
      expect(answer).toMatchObject({ sql: '', refusal: expect.stringContaining('must be 8 to 64') })
    },
  )
})
