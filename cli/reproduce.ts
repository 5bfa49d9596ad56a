import { z } from 'zod'
import { sourceNames } from '../experiments/measurements/sources/sources.ts'
import { unknownWord } from '../lab/unknown-word.ts'
import { defineCommand } from './command.ts'
import { databaseFlag, installFlag, isOn, outFolder, parsed, seedFlag } from './flags.ts'
import { BadValue } from './values.ts'

const source = parsed((text) => {
  const found = sourceNames.find((name) => name.toLowerCase() === text.toLowerCase())
  if (found) return found
  throw new BadValue(unknownWord('source', text, [...sourceNames]).message)
})

export default defineCommand({
  name: 'reproduce',
  description: 'repeat the measurements of published field reports and print both figures',
  flags: {
    sources: {
      flag: 'source',
      words: 'many',
      hint: '…',
      help: `${sourceNames.join(', ')}; default all`,
      value: z.array(source).default([]),
    },
    quick: { help: 'fewer and shorter rounds: the trend, not the figures', value: isOn },
    ...seedFlag('of the intervals and crowds'),
    ...outFolder(),
    ...databaseFlag,
    ...installFlag,
  },
  run: async (options) =>
    (await import('../experiments/measurements/reproduce.ts')).reproduce(options),
})
