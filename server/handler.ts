import { refusalOf } from './foreign.ts'
import { unserved } from './protocol.ts'

type Fetch<Socket> = (request: Request, socket: Socket) => Response | Promise<Response>

/**
 * What a process answers: to whom it is not for, to what it does not do, and else by its routes.
 * @param allowedHosts names besides loopback's by which clients may call
 */
export function handlerOf<Socket>(
  fetch: Fetch<Socket>,
  allowedHosts: readonly string[] = [],
): Fetch<Socket> {
  const refusal = refusalOf(allowedHosts)
  return (request, socket) => {
    const refused = refusal(request) ?? unserved(request)
    if (refused) return refused
    const whole = withHost(request)
    return request.method === 'HEAD'
      ? headOf(whole, (get) => fetch(get, socket))
      : fetch(whole, socket)
  }
}

/** HTTP/1.0 need not name a host, and the URL is not whole without. */
const withHost = (request: Request) =>
  request.url.startsWith('/') ? new Request(`http://127.0.0.1${request.url}`, request) : request

/**
 * The answer to `GET`: Bun leaves out the body and sends its length, but no date. A stream without
 * an end has no length, and is ended, since no reader would.
 */
async function headOf(
  request: Request,
  fetch: (get: Request) => Response | Promise<Response>,
): Promise<Response> {
  const response = await fetch(new Request(request, { method: 'GET' }))
  response.headers.set('date', new Date().toUTCString())
  if (!response.headers.get('content-type')?.startsWith('text/event-stream')) return response
  await response.body?.cancel()
  // There are no chunks either.
  response.headers.delete('transfer-encoding')
  return new Response(null, response)
}
