// `bun lab/tools/dev.ts [mariadb|mysql]`: a private database and Redis for single live tests by
// hand, until Ctrl-C. Prints one line to `source`: export TEST_DATABASE_URL=… TEST_REDIS_URL=…

import type { Engine } from '../../server/db/engine.ts'
import { openSession } from '../processes/session.ts'
import { openDatabases } from '../servers/databases.ts'

const [, , database] = process.argv
const session = await openSession()
try {
  const { databaseUrl, redisUrl } = await openDatabases(session, {
    ...(database === undefined ? {} : { database: database as Engine }),
    install: true,
  })
  console.log(`export TEST_DATABASE_URL=${databaseUrl} TEST_REDIS_URL=${redisUrl}`)
} catch (error) {
  console.error(String(error))
  await session.close()
  process.exitCode = 3
}
