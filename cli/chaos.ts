import { z } from 'zod'
import { faults } from '../chaos/faults.ts'
import { defineCommand } from './command.ts'
import { databaseFlag, installFlag, jsonFile, oneOf } from './flags.ts'

const verbs = ['verify'] as const

export default defineCommand({
  name: 'chaos',
  description: 'measure whether faults bite as asked, take hold and leave',
  flags: {
    verb: {
      words: 'one',
      help: 'verify: 200 pairs of samples without and with each fault, or its bites counted',
      value: z.string(`say what to do: ${verbs.join(', ')}`).pipe(oneOf(verbs, 'word')),
    },
    faults: {
      flag: 'fault',
      hint: 'a,b',
      help: 'only these faults; default all of them',
      value: z
        .string()
        .transform((text) => text.split(','))
        .pipe(z.array(oneOf(Object.keys(faults), 'fault')))
        .default([]),
    },
    ...jsonFile('write the results to this file as JSON'),
    ...databaseFlag,
    ...installFlag,
  },
  run: async (options) => {
    const { chaos } = await import('../experiments/chaos-verify/command.ts')
    const all = Object.values(faults)
    return await chaos(options, {
      names: all.map(({ name }) => name),
      ofNetwork: all.flatMap(({ name, network }) => (network ? [name] : [])),
    })
  },
})
