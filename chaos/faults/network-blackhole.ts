import { commonSettings, defineFault } from '../fault.ts'
import { directionSetting, isInDirection, networkSettings } from '../network.ts'

const settings = commonSettings.extend({
  ...networkSettings,
  direction: directionSetting('What is lost; with `answers` the server works on, unheard'),
})

/**
 * Connections are accepted, and what they carry is lost without a word. One that has lost
 * something is closed once the fault is over, since the rest of it would be garbage.
 */
export const networkBlackhole = defineFault({
  name: 'network-blackhole',
  summary: 'Connections to a server stay open, and what they carry is lost.',
  imitates: 'a firewall that drops packets, or a route that is wrong',
  hurts: 'designs that ask the server for every order: each waits for its deadline',
  spares: 'designs that do without the server for a while',
  processes: ['proxy'],
  settings,
  example: { server: 'bank', direction: 'answers' },
  network: {
    reaches: (settings, way) => isInDirection(settings, way),
    bite: () => ({ do: 'lose' }),
  },
})
