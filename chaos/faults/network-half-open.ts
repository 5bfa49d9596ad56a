import { commonSettings, defineFault } from '../fault.ts'
import { networkSettings } from '../network.ts'

/**
 * The server’s end of a connection is closed, and nothing says so to the client: it waits for an
 * answer that will not come. Its connection is closed once the fault is over.
 */
export const networkHalfOpen = defineFault({
  name: 'network-half-open',
  summary: 'A connection has ended at the server, and the client does not know.',
  imitates: 'a server or a load balancer that has forgotten its connections',
  hurts: 'designs that hold connections for long: what is open is rolled back, and waits go on',
  spares: 'designs whose statements have short deadlines',
  processes: ['proxy'],
  settings: commonSettings.extend(networkSettings),
  example: { server: 'database', probability: 0.05 },
  network: {
    reaches: (_settings, { direction }) => direction === 'requests',
    bite: () => ({ do: 'half-close' }),
  },
})
