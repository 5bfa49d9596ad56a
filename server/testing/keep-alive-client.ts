import { parseJson } from '../parse-json.ts'
import { within } from './barrier.ts'

export interface SocketAnswer {
  status: number
  body: Record<string, unknown>
}

/** A client with a connection of its own; requests go one after the other. */
export type KeepAliveClient = Awaited<ReturnType<typeof connectTo>>

const answerMsMax = 15_000

/** Opens a connection. `fetch` shares its own, of which it has 256 at most. */
export async function connectTo(url: string) {
  const { hostname, port, host } = new URL(url)
  let text = ''
  let answered = Promise.withResolvers<SocketAnswer>()
  const socket = await Bun.connect({
    hostname,
    port: Number(port),
    socket: {
      data(_socket, bytes) {
        text += bytes.toString()
        const answer = answerIn(text)
        if (!answer) return
        text = ''
        answered.resolve(answer)
      },
      close: () => answered.reject(new Error('the connection was closed')),
    },
  })
  return {
    async post(path: string, body: object, headers: Record<string, string>): Promise<SocketAnswer> {
      answered = Promise.withResolvers<SocketAnswer>()
      const json = JSON.stringify(body)
      const all = { host, 'content-type': 'application/json', ...headers }
      const head = Object.entries({ ...all, 'content-length': Buffer.byteLength(json) })
      const lines = head.map(([name, value]) => `${name}: ${value}`)
      socket.write([`POST ${path} HTTP/1.1`, ...lines, '', json].join('\r\n'))
      return await within(answered.promise, `the answer to POST ${path}`, answerMsMax)
    },
    close() {
      answered.promise.catch(() => {})
      socket.end()
    },
  }
}

/** A whole answer with a length; undefined until all of it is there. */
function answerIn(text: string): SocketAnswer | undefined {
  const [head = '', ...rest] = text.split('\r\n\r\n')
  const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? Number.NaN)
  const body = rest.join('\r\n\r\n')
  if (!(Buffer.byteLength(body) >= length)) return undefined
  return { status: Number(head.split(' ')[1]), body: parseJson(body) as SocketAnswer['body'] }
}
