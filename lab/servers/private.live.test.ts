import { beforeAll, describe, expect, test } from 'bun:test'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createConnection } from 'mysql2/promise'
import { scratchSession } from '../testing/scratch.ts'
import { type Databases, openDatabases } from './databases.ts'
import { readRedisVersion } from './redis.ts'

const isSkipped = !Bun.env.TEST_DATABASE_URL
if (isSkipped) console.log('skipped: servers of a session (no TEST_DATABASE_URL)')
const { session } = await scratchSession()

/** The same server, without a password. */
function openly(address: string): string {
  const url = new URL(address)
  url.password = ''
  return url.href
}

describe.skipIf(isSkipped)('servers of a session let no other user in', () => {
  let databases: Databases
  beforeAll(async () => {
    databases = await openDatabases(session, { install: false })
  })

  test('by their ports or the socket, without the password', async () => {
    const { databaseUrl, redisUrl } = databases
    const socketPath = join(session.dataPath('database'), 'database.sock')
    const ways = [{ uri: openly(databaseUrl) }, { socketPath, user: 'root' }, { socketPath }]
    for (const way of ways) {
      await expect(createConnection(way)).rejects.toMatchObject({ errno: 1045 })
    }
    await expect(readRedisVersion(openly(redisUrl))).rejects.toThrow()
    expect(await readRedisVersion(redisUrl)).toBe(databases.redisVersion)
  })

  test('by the ports of lock servers, which start once, when asked for', async () => {
    const data = () => readdir(join(session.folder, 'data'))
    expect((await data()).filter((name) => name.startsWith('lock-server'))).toEqual([])
    const [urls, again] = await Promise.all([databases.lockUrls?.(), databases.lockUrls?.()])
    expect(urls).toHaveLength(3)
    expect(again).toEqual(urls ?? [])
    expect(new Set(urls).size).toBe(3)
    for (const url of urls ?? []) {
      await expect(readRedisVersion(openly(url))).rejects.toThrow()
      expect(await readRedisVersion(url)).toBe(databases.redisVersion)
    }
  })

  test('and with it neither read nor write files of the one who started them', async () => {
    const connection = await createConnection({ uri: databases.databaseUrl })
    const read = "select load_file('/etc/hostname') as text, @@local_infile as isLocal"
    expect((await connection.query(read))[0]).toEqual([{ text: null, isLocal: 0 }] as never)
    const write = `select 1 into outfile '${session.dataPath('written')}'`
    await expect(connection.query(write)).rejects.toMatchObject({ errno: 1290 })
    connection.destroy()
  })

  test('whose passwords are on no command line, and in no file that others may read', async () => {
    const secrets = [databases.databaseUrl, databases.redisUrl].map((url) => new URL(url).password)
    expect(secrets.map((secret) => secret.length)).toEqual([64, 64])
    const lines = (await readFile(join(session.folder, 'processes'), 'utf8')).trim().split('\n')
    for (const line of lines) {
      const words = await readFile(`/proc/${line.split('\t')[0]}/cmdline`, 'utf8')
      for (const secret of secrets) expect(words).not.toContain(secret)
    }
    expect((await stat(session.folder)).mode & 0o777).toBe(0o700)
    for (const name of await readdir(join(session.folder, 'data'))) {
      const file = await stat(join(session.folder, 'data', name))
      if (file.isFile()) expect([name, file.mode & 0o777]).toEqual([name, 0o600])
    }
  })
})
