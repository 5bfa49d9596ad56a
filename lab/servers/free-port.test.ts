import { afterAll, beforeAll, expect, test } from 'bun:test'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { openSession, type Session } from '../processes/session.ts'
import { sessionsFolder } from '../testing/hold.ts'
import { startOnFreePort } from './free-port.ts'

let root: string
let session: Session
beforeAll(async () => {
  root = await sessionsFolder()
  session = await openSession(root)
})
afterAll(async () => {
  await session.close()
  await rm(join(root, '..'), { recursive: true, force: true })
})

test('a server that is never reached is refused with what asking it ended in', async () => {
  const start = startOnFreePort(session, {
    name: 'deaf',
    command: () => ['sleep', '60'],
    environment: () => ({}),
    url: (port) => `http://127.0.0.1:${port}`,
    ask: () => Promise.reject(new Error('502 of a proxy')),
    readyMsMax: 200,
  })
  await expect(start).rejects.toThrow(/deaf was not ready within 0.2 s.*asked at.*502 of a proxy/s)
})
