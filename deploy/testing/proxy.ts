import { expect } from 'bun:test'
import { join } from 'node:path'
import { freePort } from '../../lab/servers/free-port.ts'
import { root } from './compose-file.ts'
import { startProgram } from './tools.ts'

/** The committed configuration of the proxy. */
export const proxyFile = join(root, 'deploy/haproxy.cfg')

/**
 * Starts HAProxy on the committed file, with addresses of here in the place of the engine's names.
 * @param folder for the file as it is used
 * @param ports of the servers behind it
 * @returns its address
 */
export async function startProxy(
  haproxy: string,
  folder: string,
  ports: readonly number[],
): Promise<string> {
  const port = await freePort()
  const text = await Bun.file(proxyFile).text()
  const servers = ports.map(
    (one, index) => `  server api${index + 1} 127.0.0.1:${one} check inter 200ms fall 2 rise 1`,
  )
  const here = text
    .replace('bind :4000', `bind 127.0.0.1:${port}`)
    .replace('hdr host api-replica', 'hdr host 127.0.0.1')
    .replace(/^ {2}server-template .*$/m, servers.join('\n'))
  expect(here).toContain(`bind 127.0.0.1:${port}`)
  expect(here).not.toContain('server-template')
  const path = join(folder, 'haproxy.cfg')
  await Bun.write(path, here)
  startProgram([haproxy, '-W', '-db', '-f', path])
  return `http://127.0.0.1:${port}`
}
