/**
 * A crowd that keeps a server waiting: each sender opens a connection, sends the head of an order
 * and then its body byte by byte, and comes again a second after it was refused.
 * `bun slow-senders.ts <port> <senders>` until SIGTERM; then prints what it did as a line of JSON.
 */

const [, , port, senders] = process.argv.map(Number) as [number, number, number, number]
const byteEveryMs = 1000
const comeAgainMs = 1000
const head = [
  'POST /api/v1/orders HTTP/1.1',
  'host: 127.0.0.1',
  'content-type: application/json',
  'idempotency-key: slow',
  'content-length: 500',
  '\r\n',
].join('\r\n')

const done = { opened: 0, bytes: 0, refused: 0, closed: 0 }

async function send(): Promise<void> {
  let timer: ReturnType<typeof setInterval> | undefined
  const gone = Promise.withResolvers<void>()
  await Bun.connect({
    hostname: '127.0.0.1',
    port,
    socket: {
      open(socket) {
        done.opened += 1
        socket.write(`${head}{`)
        timer = setInterval(() => {
          done.bytes += socket.write(' ')
        }, byteEveryMs)
      },
      data(_socket, bytes) {
        if (bytes.toString().startsWith('HTTP/1.1 408')) done.refused += 1
      },
      close: () => gone.resolve(),
      error: () => gone.resolve(),
    },
  })
  await gone.promise
  clearInterval(timer)
  done.closed += 1
}

async function sendForEver(): Promise<void> {
  for (;;) {
    await send().catch(() => {})
    await Bun.sleep(comeAgainMs)
  }
}

process.on('SIGTERM', () => {
  console.log(JSON.stringify(done))
  process.exit(0)
})
console.log('begun')
for (let sender = 0; sender < senders; sender += 1) void sendForEver()
