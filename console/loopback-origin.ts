/** A server on another machine: the console would open it to all that reach the console. */
export class NotLoopback extends Error {
  override name = 'NotLoopback'
}

/**
 * The origin of a server on this machine.
 * @param name of the setting, for the error
 * @throws NotLoopback where it is on another one, or does not speak HTTP
 */
export function loopbackOrigin(name: string, text: string): string {
  const { protocol, hostname, origin } = new URL(text)
  const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname)
  if (protocol === 'http:' && loopback) return origin
  throw new NotLoopback(`${name} must be http://127.0.0.1:PORT, not ${origin}`)
}
