import { createConnection, createServer, type Server, type Socket } from 'node:net'
import { answerReader, okays, refusalOf, textsOf } from './mysql-packets.ts'

/**
 * `request` = the statement never reaches the server; `answer` = it takes effect and the answer is
 * lost; in both the connection is gone. `unanswered` = it takes effect, the connection stays open,
 * and no answer ever comes. `refused` = the server says error 1105, or the number that the test
 * wants, and runs nothing. What is sent with the statement shares its fate. `silence` = the
 * statement is swallowed, the connection stays open, and no answer ever comes.
 */
export type How = 'request' | 'answer' | 'unanswered' | 'refused' | 'silence'

/** Says of each chunk of a lost answer whether the connection is cut with it. */
const answersLost: Partial<Record<How, () => (chunk: Buffer) => boolean>> = {
  answer: answerReader,
  unanswered: () => () => false,
}

export type LossyProxy = Awaited<ReturnType<typeof openLossyProxy>>

/** A TCP proxy in front of a server (statements: the database) that loses what the test wants. */
export async function openLossyProxy(serverUrl: string) {
  const behind = new URL(serverUrl)
  const sockets = new Set<Socket>()
  let trap: { statement: string; how: How; errno: number } | undefined
  let losses = 0
  let isAway = false
  let isFrozen = false

  /** What is to happen to this chunk; the client sends one command at a time. */
  function fate(chunk: Buffer): { how?: How; refusal?: Buffer } {
    if (!trap) return {}
    const { statement, how, errno } = trap
    const at = textsOf(chunk).findIndex((text) => text.trimStart().startsWith(statement))
    if (at < 0) return {}
    trap = undefined
    losses += 1
    return { how, refusal: Buffer.concat([...okays(at), refusalOf(errno, at)]) }
  }

  const server = createServer((client) => {
    if (isAway) return void client.destroy()
    const upstream = createConnection({ host: behind.hostname, port: Number(behind.port) })
    const ends = [client, upstream]
    const cut = () => ends.forEach((socket) => void socket.destroy())
    for (const socket of ends) {
      sockets.add(socket)
      socket.on('error', cut).on('close', cut)
      if (isFrozen) socket.pause()
    }
    let isWhole: ((chunk: Buffer) => boolean) | undefined
    client.on('data', (chunk: Buffer) => {
      const { how, refusal = '' } = fate(chunk)
      if (how === 'request') return cut()
      if (how === 'silence') return
      if (how === 'refused') return void client.write(refusal)
      isWhole ??= how && answersLost[how]?.()
      upstream.write(chunk)
    })
    upstream.on('data', (chunk: Buffer) => {
      isWhole ? isWhole(chunk) && cut() : client.write(chunk)
    })
  })
  const port = await listen(server)

  return {
    /** The same schema, reached through the proxy. */
    through(databaseUrl: string) {
      const url = new URL(databaseUrl)
      url.host = `127.0.0.1:${port}`
      return url.href
    },
    /** Bites once, at the next statement that begins so. */
    lose(statement: string, how: How, errno = 1105) {
      trap = { statement, how, errno }
    },
    /** While it is cut off, connections are gone and no new one is had: the server is away. */
    cutOff(away: boolean) {
      isAway = away
      if (isAway) for (const socket of sockets) socket.destroy()
    },
    /** While it is frozen, connections stay open and not a byte moves, as after a SIGSTOP. */
    freeze(frozen: boolean) {
      isFrozen = frozen
      for (const socket of sockets) frozen ? socket.pause() : socket.resume()
    },
    /** How often it has bitten. */
    losses: () => losses,
    stop() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

/** @returns the port */
async function listen(server: Server): Promise<number | undefined> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return typeof address === 'object' ? address?.port : undefined
}
