import { z } from 'zod'
import type { ReproduceOptions } from '../experiments/reproduce/command.ts'
import { sourceNames } from '../experiments/reproduce/reproduction.ts'
import { unknownWord } from '../lab/unknown-word.ts'
import { type Command, readArguments, validateFlags } from './arguments.ts'
import { installFlag, lastOf, path, seed } from './flags.ts'

const flags = {
  source: {
    type: 'positional',
    required: false,
    valueHint: '…',
    description: `${sourceNames.join(', ')}; default all`,
  },
  quick: { type: 'boolean', description: 'fewer and shorter rounds: the shape only' },
  seed: { type: 'string', valueHint: 'n', description: 'of the intervals and crowds' },
  out: { type: 'string', valueHint: 'dir', description: 'where the report goes' },
  install: installFlag,
} as const

const schema = z.object({
  seed,
  out: path,
})

/**
 * The command line as plain data.
 * @throws UserError (exit 4) naming the flag or the source
 */
export function readReproduceOptions(raw: string[]): ReproduceOptions {
  const { texts, switches, positionals } = readArguments(raw, flags)
  const { seed, out } = validateFlags(schema, lastOf(texts))
  const sources = positionals.map((word) => {
    const found = sourceNames.find((name) => name.toLowerCase() === word.toLowerCase())
    if (found) return found
    throw unknownWord('source', word, [...sourceNames])
  })
  return {
    sources,
    seed,
    quick: switches.quick ?? false,
    out,
    install: switches.install ?? true,
  }
}

export default {
  meta: {
    name: 'reproduce',
    description: 'what the field reports tell, run here: their figures beside ours',
  },
  args: flags,
  run: async (raw) => {
    const options = readReproduceOptions(raw)
    const { reproduce } = await import('../experiments/reproduce/command.ts')
    process.exitCode = await reproduce(options)
  },
} satisfies Command
