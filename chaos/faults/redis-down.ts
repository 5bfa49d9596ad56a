import { commonSettings, defineFault } from '../fault.ts'

/** Connections to Redis are reset, those that are there and those that are tried. */
export const redisDown = defineFault({
  name: 'redis-down',
  summary: 'Redis is away: each connection to it is reset at its first command.',
  imitates: 'a Redis server that has crashed, or restarts',
  hurts:
    '`stock=redis-counter` and the locks in Redis, which cannot sell without it, and pages that ' +
    'are read from the cache: all of them go to the database at once',
  spares: 'orders of designs whose stock and ids are in the database alone',
  processes: ['proxy'],
  settings: commonSettings,
  example: {},
  network: {
    reaches: (_settings, { server, direction }) => server === 'redis' && direction === 'requests',
    bite: () => ({ do: 'reset' }),
  },
})
