import { z } from 'zod'
import { placeSettings, tokenText } from '../board/config.ts'
import { portSetting, urlSetting } from '../environment.ts'
import { proxiedServers } from './servers.ts'

const expected = 'server=host:port@port, separated by commas'
const pattern = /^(\w+)=([\w.-]+):(\d{1,5})@(\d{1,5})$/

/** Where one server is, and the loopback port that leads to it. */
const route = z.object({
  server: z.enum(proxiedServers, `must name ${proxiedServers.join(', ')}, as in ${expected}`),
  host: z.string(),
  port: z.int().min(1).max(65_535),
  listenPort: z.int().min(1).max(65_535),
})
export type ProxyRoute = z.output<typeof route>

const routes = z
  .string()
  .transform((text) =>
    text.split(',').map((one) => {
      const [, server, host, port, listenPort] = pattern.exec(one.trim()) ?? []
      return { server, host, port: Number(port), listenPort: Number(listenPort) }
    }),
  )
  .pipe(z.array(route))
  .refine((all) => new Set(all.map(({ server }) => server)).size === all.length, {
    error: 'must name each server once',
  })
  .meta({ expected })

/** What the proxy needs. */
export const proxyEnvironment = z.object({
  ...placeSettings,
  CHAOS_BOARD_URL: urlSetting(/^http$/, 'http://127.0.0.1:4003').describe(
    'Board whose faults of the network it obeys',
  ),
  CHAOS_TOKEN: tokenText.describe('Of the board'),
  PROXY_ROUTES: routes.describe('The servers behind it, and the loopback ports that lead there'),
  STAMPEDE_PORT: portSetting,
})
