// `bun lab/tools/dev.ts`: a private MariaDB and Redis for single live tests by hand, until
// Ctrl-C. Prints one line to `source` or paste: export TEST_DATABASE_URL=… TEST_REDIS_URL=…

import { openSession } from '../processes/session.ts'
import { openDatabases } from '../servers/databases.ts'

const session = await openSession()
try {
  const { databaseUrl, redisUrl } = await openDatabases(session, { install: true })
  console.log(`export TEST_DATABASE_URL=${databaseUrl} TEST_REDIS_URL=${redisUrl}`)
} catch (error) {
  console.error(String(error))
  await session.close()
  process.exitCode = 3
}
