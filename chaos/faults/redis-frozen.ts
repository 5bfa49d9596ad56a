import { commonSettings, defineFault } from '../fault.ts'

/** Redis takes what it is asked and answers when the fault is over, as after a long fork. */
export const redisFrozen = defineFault({
  name: 'redis-frozen',
  summary: 'Redis stands still: it takes commands, and answers once the fault is over.',
  imitates: 'a Redis server that is busy with one slow command, or swaps',
  hurts:
    'designs that wait for Redis with each request; a lock there is lost to its time to live ' +
    'while its holder waits',
  spares: 'designs whose commands to Redis have short deadlines, and those that do without it',
  processes: ['proxy'],
  settings: commonSettings,
  example: {},
  network: {
    reaches: (_settings, { server, direction }) => server === 'redis' && direction === 'answers',
    bite: () => ({ do: 'hold' }),
  },
})
