import { type Command, readArguments } from './arguments.ts'

export default {
  meta: { name: 'down', description: 'ends what is up' },
  args: {},
  run: async (raw) => {
    readArguments(raw)
    const { down } = await import('../experiments/up/down.ts')
    await down()
  },
} satisfies Command
