import { createConnection, createServer, type Socket } from 'node:net'

/**
 * `request` = the statement never reaches the server; `answer` = it takes effect and the answer is
 * lost; in both the connection is gone. `refused` = the server says error 1105, nothing else.
 * `silence` = the statement is swallowed, the connection stays open, and no answer ever comes.
 */
export type How = 'request' | 'answer' | 'refused' | 'silence'

const commandQuery = 3

export type LossyProxy = Awaited<ReturnType<typeof openLossyProxy>>

/** A TCP proxy in front of the database that loses what the test wants it to lose. */
export async function openLossyProxy(serverUrl: string) {
  const { hostname, port } = new URL(serverUrl)
  const sockets = new Set<Socket>()
  let trap: { statement: string; how: How } | undefined
  let losses = 0
  let isAway = false

  /** What is to happen to this chunk; the client sends one command at a time. */
  function fate(chunk: Buffer): How | undefined {
    if (!trap || chunk[4] !== commandQuery) return undefined
    // MySQL's own protocol has two bytes before the text: no attributes, in one set.
    const textFrom = chunk[5] === 0 ? 7 : 5
    if (!chunk.toString('latin1', textFrom).startsWith(trap.statement)) return undefined
    const { how } = trap
    trap = undefined
    losses += 1
    return how
  }

  const server = createServer((client) => {
    if (isAway) return void client.destroy()
    const upstream = createConnection({ host: hostname, port: Number(port) })
    const cut = () => {
      client.destroy()
      upstream.destroy()
    }
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', cut).on('close', cut)
    }
    let isLosingAnswer = false
    client.on('data', (chunk: Buffer) => {
      const how = fate(chunk)
      if (how === 'request') return cut()
      if (how === 'silence') return
      if (how === 'refused') return void client.write(refusal)
      isLosingAnswer = how === 'answer'
      upstream.write(chunk)
    })
    upstream.on('data', (chunk: Buffer) => (isLosingAnswer ? cut() : void client.write(chunk)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()

  return {
    /** The same schema, reached through the proxy. */
    through(databaseUrl: string) {
      const url = new URL(databaseUrl)
      url.host = `127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
      return url.href
    },
    /** Bites once, at the next statement that begins so. */
    lose(statement: string, how: How) {
      trap = { statement, how }
    },
    /** While it is cut off, connections are gone and no new one is had: the server is away. */
    cutOff(away: boolean) {
      isAway = away
      if (isAway) for (const socket of sockets) socket.destroy()
    },
    /** How often it has bitten. */
    losses: () => losses,
    stop() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

/** An error packet of the protocol: length, sequence number 1, 0xff, errno, state and text. */
const refusal = (() => {
  const body = Buffer.concat([
    Buffer.from([0xff, 1105 & 0xff, 1105 >> 8]),
    Buffer.from('#HY000refused by the test'),
  ])
  return Buffer.concat([Buffer.from([body.length, 0, 0, 1]), body])
})()
