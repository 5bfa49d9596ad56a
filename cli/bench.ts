import { z } from 'zod'
import { defineCommand } from './command.ts'
import { databaseFlag, jsonFile } from './flags.ts'

export default defineCommand({
  name: 'bench',
  description: 'run benchmarks against their floors; exit 2 if one is missed',
  flags: {
    names: {
      flag: 'name',
      words: 'many',
      hint: '…',
      help: 'names of benchmarks; default all, with --against checkout',
      value: z.array(z.string()).default([]),
    },
    against: {
      hint: 'ref',
      help: 'compare with another commit, in turn: ratios, exit 2 if this checkout is slower',
      value: z.string().min(1).optional(),
    },
    ...jsonFile('write the figures to this file as JSON'),
    ...databaseFlag,
  },
  run: async (options) => (await import('../experiments/measurements/bench.ts')).bench(options),
})
