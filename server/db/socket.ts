import { connect, type Socket } from 'node:net'

/**
 * A connection that ends itself when what was sent to it has no answer for so long: the server
 * caps its own statements, but a server or a network that died does not answer at all.
 */
export function openSocket(host: string, port: number, answerTimeoutMs: number): Socket {
  const socket = connect(port, host)
  let answered = 0
  socket.setNoDelay(true)
  socket.on('data', () => {
    answered = socket.bytesWritten
  })
  socket.setTimeout(answerTimeoutMs)
  // Not by `setTimeout` itself, whose listener is gone once an idle while has passed.
  socket.on('timeout', () => {
    if (socket.bytesWritten === answered) return
    socket.destroy(new Error(`The database gave no answer for ${answerTimeoutMs} ms`))
  })
  return socket
}
