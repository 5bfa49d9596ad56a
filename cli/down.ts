import { defineCommand } from './command.ts'

export default defineCommand({
  name: 'down',
  description: 'stop the running environment',
  flags: {},
  run: async () => (await import('../experiments/up/down.ts')).down(),
})
