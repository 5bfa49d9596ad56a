import { describe, expect, test } from 'bun:test'
import { run } from '../lab/processes/run.ts'
import { scratchFolder } from '../lab/testing/scratch.ts'
import { findProgram } from '../lab/tools/find.ts'
import { proxyFile, startProxy } from './testing/proxy.ts'
import { stopPrograms, untilAnswer } from './testing/tools.ts'

const haproxy = await findProgram('haproxy')
if (!haproxy) console.log('skipped: the proxy: no haproxy on this machine')

const answer = (status: string) => `HTTP/1.1 ${status}\r\nconnection: close\r\n\r\n`

/** Stands in for an API server that can be not ready, or close the connection on a request. */
function replica() {
  const state = { isReady: true, hangsUp: false, posts: 0 }
  const server = Bun.listen({
    hostname: '127.0.0.1',
    port: 0,
    socket: {
      data(socket, data) {
        const isPost = data.toString().startsWith('POST')
        if (isPost) state.posts += 1
        const isGood = isPost ? !state.hangsUp : state.isReady
        if (isGood) socket.write(answer('200 OK'))
        else if (!isPost) socket.write(answer('503 Service Unavailable'))
        socket.end()
      },
    },
  })
  return { state, server }
}

const replicas = [replica(), replica(), replica()]

const folder = await scratchFolder(async () => {
  await stopPrograms()
  for (const { server } of replicas) server.stop(true)
})

const portsOf = () => replicas.map(({ server }) => server.port)

const post = (url: string) =>
  fetch(`${url}/api/v1/orders`, { method: 'POST', body: '{}', signal: AbortSignal.timeout(10_000) })

const postsOf = () => replicas.map(({ state }) => state.posts)
const postsInAll = () => postsOf().reduce((sum, posts) => sum + posts)

describe.skipIf(!haproxy)('the proxy', () => {
  test('takes its file as it is committed', async () => {
    expect((await run([haproxy ?? '', '-c', '-f', proxyFile])).code).toBe(0)
  })

  test('spreads requests, sends none to a server that is not ready, and none twice', async () => {
    const url = await startProxy(haproxy ?? '', folder, portsOf())
    const status = (wanted: number) =>
      untilAnswer(`${url}/proxyz`, async (reply) => reply.status === wanted)
    await status(200)
    for (let turn = 0; turn < 9; turn += 1) expect((await post(url)).status).toBe(200)
    expect(Math.min(...postsOf())).toBeGreaterThan(0)
    expect(postsInAll()).toBe(9)

    // A request without an answer may have been executed: it is not sent again.
    for (const { state } of replicas) state.hangsUp = true
    expect((await post(url)).status).toBe(502)
    expect(postsInAll()).toBe(10)

    for (const { state } of replicas) state.isReady = false
    await status(503)
    expect((await post(url)).status).toBe(503)
    expect(postsInAll()).toBe(10)
  }, 40_000)
})
