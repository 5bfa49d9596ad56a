import { connect } from 'node:net'

/** A request as bytes, with the host and the length that it does not give itself. */
export function rawRequest(
  requestLine: string,
  { headers = [], body = '' }: { headers?: readonly string[]; body?: string | Buffer } = {},
): Buffer {
  const bytes = Buffer.from(body)
  const hasLength = headers.some((one) => /^(content-length|transfer-encoding)\s*:/i.test(one))
  const length = hasLength || bytes.length === 0 ? [] : [`content-length: ${bytes.length}`]
  const head = [requestLine, 'host: 127.0.0.1', ...length, ...headers, '', '']
  return Buffer.concat([Buffer.from(head.join('\r\n'), 'latin1'), bytes])
}

export interface Answer {
  /** Of the request, and of a second one that was sent on the same connection after its answer. */
  statuses: number[]
  /** In lower case. */
  head: string
  body: string
  /** By the server, before the second answer. */
  isClosed: boolean
}

const next = rawRequest('GET /healthz HTTP/1.1')
const complete = /^HTTP\/1\.1 (\d{3}).*?\r\n\r\n/s

/**
 * Sends bytes, waits for the answer, and asks for `/healthz` on the same connection: what of the
 * bytes was left over would be taken for a request, or spoil it.
 * @param isHead the answer has no body, whatever its length is
 */
export function talk(port: number, bytes: string | Buffer, isHead = false): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let received = ''
    let first: Answer | undefined
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    socket.on('error', reject)
    socket.on('data', (data) => {
      received += data.toString('latin1')
      const answer = read()
      if (!answer) return
      if (first) {
        first.statuses.push(...answer.statuses)
        first.isClosed = false
        socket.destroy()
      } else {
        first = answer
        socket.write(next)
      }
    })
    socket.on('close', () =>
      resolve(first ?? { statuses: [], head: '', body: received, isClosed: true }),
    )

    /** Takes one whole answer off what has been received. */
    function read(): Answer | undefined {
      const [head, status] = complete.exec(received) ?? []
      if (head === undefined) return undefined
      if (status === '100') {
        received = received.slice(head.length)
        return read()
      }
      const length = isHead && !first ? 0 : Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0)
      if (received.length < head.length + length) return undefined
      const body = received.slice(head.length, head.length + length)
      received = received.slice(head.length + length)
      return { statuses: [Number(status)], head: head.toLowerCase(), body, isClosed: true }
    }
  })
}
