import { commonSettings, defineFault } from '../fault.ts'
import { networkSettings } from '../network.ts'

/** A connection is reset when something is asked over it: it may have been done or not. */
export const networkReset = defineFault({
  name: 'network-reset',
  summary: 'Connections to a server are reset when something is asked over them.',
  imitates: 'a load balancer that ends connections, or a server that restarts',
  hurts: 'designs with long transactions, such as `transaction=one-big`: more of it is lost',
  spares: 'what is answered from a cache',
  processes: ['proxy'],
  settings: commonSettings.extend(networkSettings),
  example: { server: 'redis', probability: 0.2 },
  network: {
    reaches: (_settings, { direction }) => direction === 'requests',
    bite: () => ({ do: 'reset' }),
  },
})
