import { z } from 'zod'
import { faults } from '../chaos/faults.ts'
import { defineCommand } from './command.ts'
import { actsInProxy } from './fault-rules.ts'
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
  complete: ({ faults: asked, ...options }) => {
    const chosen = asked.length > 0 ? asked : Object.keys(faults)
    return { ...options, faults: chosen, isProxied: chosen.some(actsInProxy) }
  },
  run: async (options) => (await import('../experiments/chaos-verify/command.ts')).chaos(options),
})
