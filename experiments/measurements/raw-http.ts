import { processMs } from '../../lab/machine/sample.ts'

/** Each has one request under way, as browsers and k6 do: no pipelining. */
const connections = 64
const startMsMax = 2000

/**
 * Sends GET requests over raw sockets, as fast as they are answered.
 * @param path e.g. `/healthz`; every answer must have the same length
 * @returns answers per second of the server's own processor time, so that neither the generator
 * nor other processes on the machine count
 * @throws Error when an answer is not 200, or the server's processor time cannot be read
 */
export async function answersPerCpuSecond(
  server: { pid: number; port: number },
  path: string,
  durationMs: number,
): Promise<number> {
  const before = processMs(server.pid)
  const answered = await answersWithin(server.port, `GET ${path}`, durationMs)
  const after = processMs(server.pid)
  if (before === null || after === null) throw new Error('this system has no /proc')
  return answered / ((after - before) / 1000)
}

/**
 * The same requests without a body, counted by the clock on the wall.
 * @param line method and path, e.g. `POST /v1/ids/orders`
 * @returns answers from 64 connections together
 * @throws Error when an answer is not 200
 */
export async function answersWithin(
  port: number,
  line: string,
  durationMs: number,
): Promise<number> {
  const request = `${line} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n`
  const length = await answerLength(port, request)
  const counts = await Promise.all(
    Array.from({ length: connections }, () => requestLoop(port, request, length, durationMs)),
  )
  return counts.reduce((sum, count) => sum + count, 0)
}

/** Bytes of one whole answer. */
async function answerLength(port: number, request: string): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const socket = await Bun.connect({
    hostname: '127.0.0.1',
    port,
    socket: {
      data(_socket, bytes) {
        const text = bytes.toString()
        if (text.startsWith('HTTP/1.1 200')) resolve(bytes.length)
        else reject(new Error(`${lineOf(request)} answered ${text.slice(0, 40)}`))
      },
      close: () => reject(new Error('connection closed')),
    },
  })
  socket.write(request)
  const late = Bun.sleep(startMsMax).then(() =>
    Promise.reject(new Error(`${lineOf(request)}: no answer`)),
  )
  try {
    return await Promise.race([promise, late])
  } finally {
    socket.end()
  }
}

const lineOf = (request: string) => request.slice(0, request.indexOf('\r'))

async function requestLoop(
  port: number,
  request: string,
  length: number,
  durationMs: number,
): Promise<number> {
  let received = 0
  let answered = 0
  const socket = await Bun.connect({
    hostname: '127.0.0.1',
    port,
    socket: {
      data(socket, bytes) {
        received += bytes.length
        if (received < (answered + 1) * length) return
        answered += 1
        socket.write(request)
      },
    },
  })
  socket.write(request)
  await Bun.sleep(durationMs)
  socket.terminate()
  return answered
}
