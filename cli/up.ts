import { requireServers, surroundingsOfArms } from '../experiments/run/require-servers.ts'
import { defineCommand } from './command.ts'
import { armsFlag, databaseFlag, installFlag, isOn, labelsOf } from './flags.ts'

export default defineCommand({
  name: 'up',
  description: 'run both designs and Prometheus until Ctrl-C or down',
  flags: {
    ...armsFlag,
    isProxied: {
      flag: 'network-faults',
      help: 'a proxy before the servers of each arm, for the faults of network-… and redis-…',
      value: isOn,
    },
    ...databaseFlag,
    ...installFlag,
  },
  complete: ({ arms, ...servers }) => {
    requireServers(arms, surroundingsOfArms(servers.database), '--database')
    const [before, after] = labelsOf(arms)
    return { labels: [before, after] as [before: string, after: string], ...servers }
  },
  run: async (options) => (await import('../experiments/up/up.ts')).up(options),
})
