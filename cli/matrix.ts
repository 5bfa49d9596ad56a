import { z } from 'zod'
import { promises } from '../experiments/matrix/promises.ts'
import { defineCommand } from './command.ts'
import { actsInProxy } from './fault-rules.ts'
import { databaseFlag, installFlag, oneOf, outFolder } from './flags.ts'

const known = Object.keys(promises)

export default defineCommand({
  name: 'matrix',
  description: 'try what users do under each fault, in both designs, against what is promised',
  flags: {
    faults: {
      flag: 'fault',
      hint: 'name',
      help: `one of ${known.join(', ')}; may be repeated; default all`,
      isRepeatable: true,
      value: z.array(oneOf(known, 'fault')).default([]),
    },
    ...outFolder(),
    ...databaseFlag,
    ...installFlag,
  },
  complete: (options) => {
    const tried = options.faults.length > 0 ? options.faults : known
    return { ...options, isProxied: tried.some(actsInProxy) }
  },
  run: async (options) => (await import('../experiments/matrix/command.ts')).matrix(options),
})
