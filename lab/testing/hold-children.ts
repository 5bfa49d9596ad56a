// hold-children.ts ROOT [servers [mariadb|mysql]] : opens a session, starts two children (or both
// real servers), prints them as one JSON line, and stays. The tests kill it in every possible way.
import type { Engine } from '../../server/db/engine.ts'
import { startChild } from '../processes/child.ts'
import { run } from '../processes/run.ts'
import { openSession } from '../processes/session.ts'
import { resolveDatabase } from '../servers/engine.ts'
import { startMariaDb } from '../servers/mariadb.ts'
import { startRedis } from '../servers/redis.ts'
import { resolveTool } from '../tools/resolve.ts'

const [root = '', kind, engine] = process.argv.slice(2)
const session = await openSession(root)
const pids: number[] = []
const ports: number[] = []
if (kind === 'servers') {
  const options = { install: true }
  const asked = engine === undefined ? {} : { database: engine as Engine }
  const servers = [
    await startMariaDb(session, await resolveDatabase(session, { ...options, ...asked })),
    await startRedis(session, await resolveTool(session, 'redis', options)),
  ]
  for (const server of servers) {
    pids.push(server.pid)
    ports.push(Number(new URL(server.url).port))
  }
} else {
  await Bun.write(session.dataPath('file'), 'data')
  // One that does not care about SIGTERM, with a child of its own, and one short command.
  const stubborn = ['sh', '-c', 'trap "" TERM; sleep 300 & echo "$!"; wait']
  const { promise: grandchild, resolve } = Promise.withResolvers<number>()
  const onLine = (line: string) => resolve(Number(line))
  const child = await startChild(session, { name: 'stubborn', command: stubborn, onLine })
  void run(['sleep', '301'], { session, timeoutMs: 60_000 })
  pids.push(child.pid, await grandchild)
}
console.log(JSON.stringify({ folder: session.folder, pids, ports }))
setInterval(() => {}, 60_000)
