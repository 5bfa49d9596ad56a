import { z } from 'zod'
import { sourceNames } from '../experiments/measurements/sources/sources.ts'
import { unknownWord } from '../lab/unknown-word.ts'
import { type LoadShape, loadShapeNames } from '../loadtests/jmeter/shapes.ts'
import { defineCommand } from './command.ts'
import { databaseFlag, installFlag, isOn, outFolder, parsed, seedFlag } from './flags.ts'
import { BadValue, parseList } from './values.ts'

const source = parsed((text) => {
  const found = sourceNames.find((name) => name.toLowerCase() === text.toLowerCase())
  if (found) return found
  throw new BadValue(unknownWord('source', text, [...sourceNames]).message)
})

const loadShape = (text: string): LoadShape => {
  const found = loadShapeNames.find((name) => name === text)
  if (found) return found
  throw new BadValue(unknownWord('load shape', text, loadShapeNames).message)
}

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
    loadShapes: {
      hint: 'name,…',
      help: `of JMeter in S5: ${loadShapeNames.join(', ')}; default all`,
      value: parsed((text) => parseList(text, loadShape)).prefault(loadShapeNames.join()),
    },
    ...seedFlag('of the intervals and crowds'),
    ...outFolder(),
    ...databaseFlag,
    ...installFlag,
  },
  run: async (options) =>
    (await import('../experiments/measurements/reproduce.ts')).reproduce(options),
})
