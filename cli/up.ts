import { defineCommand } from './command.ts'
import { armsFlag, installFlag, labelsOf } from './flags.ts'

export default defineCommand({
  name: 'up',
  description: 'run both designs and Prometheus until Ctrl-C or down',
  flags: { ...armsFlag, ...installFlag },
  complete: ({ arms, install }) => ({ labels: labelsOf(arms), install }),
  run: async (options) => (await import('../experiments/up/up.ts')).up(options),
})
