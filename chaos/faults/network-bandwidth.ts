import { z } from 'zod'
import { commonSettings, defineFault } from '../fault.ts'
import { directionSetting, isInDirection, networkSettings } from '../network.ts'

const settings = commonSettings.extend({
  ...networkSettings,
  bytesPerSecond: z
    .int()
    .min(1024)
    .max(1_000_000_000)
    .default(100_000)
    .describe('That all connections to the server share, each way for itself'),
  burstBytes: z
    .int()
    .min(0)
    .max(1_000_000_000)
    .default(0)
    .describe('Credit on top, which is used up first and comes back while less is sent'),
  direction: directionSetting('Which way is narrow'),
})

/** A token bucket, as clouds limit the network and the disks of small machines. */
export const networkBandwidth = defineFault({
  name: 'network-bandwidth',
  summary: 'All connections to a server share so many bytes a second, after a burst.',
  imitates: 'a small machine in a cloud whose burst credits are used up',
  hurts: 'designs that read much, such as `reads=database`',
  spares: 'designs that ask for little and keep it, such as `reads=cached`',
  processes: ['proxy'],
  settings,
  example: { server: 'database', bytesPerSecond: 200_000, burstBytes: 1_000_000 },
  network: {
    reaches: (settings, way) => isInDirection(settings, way),
    bite: ({ bytesPerSecond, burstBytes }) => ({ do: 'limit', bytesPerSecond, burstBytes }),
  },
})
