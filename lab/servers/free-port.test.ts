import { expect, test } from 'bun:test'
import { scratchSession } from '../testing/scratch.ts'
import { startOnFreePort } from './free-port.ts'

const { session } = await scratchSession()

test('a server that is never reached is refused with what asking it ended in', async () => {
  const start = startOnFreePort(session, {
    name: 'deaf',
    command: () => ['sleep', '60'],
    environment: () => ({}),
    ask: () => Promise.reject(new Error('502 of a proxy')),
    readyMsMax: 200,
  })
  await expect(start).rejects.toThrow(/deaf was not ready within 0.2 s.*asked at.*502 of a proxy/s)
})
