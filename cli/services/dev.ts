// `bun cli/services/dev.ts`: a private MariaDB and Redis for live tests by hand, until Ctrl-C.
// Prints one line, fit for `eval` or `source`: TEST_DATABASE_URL=… TEST_REDIS_URL=…
import { startMariaDb } from './mariadb.ts'
import { startRedis } from './redis.ts'
import { openSession } from './session.ts'
import { obtainServers } from './tools.ts'

const session = await openSession()
try {
  const tools = await obtainServers(session, { install: true })
  const database = await startMariaDb(session, tools.database)
  const redis = await startRedis(session, tools.redis)
  console.log(`export TEST_DATABASE_URL=${database.url} TEST_REDIS_URL=${redis.url}`)
  console.error(database.version, database.settings, redis.version)
} catch (error) {
  console.error(String(error))
  await session.close()
  process.exitCode = 3
}
