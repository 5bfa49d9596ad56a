import { z } from 'zod'
import type { ProveOptions } from '../experiments/prove/command.ts'
import { unknownWord } from '../lab/unknown-word.ts'
import { axes } from '../server/designs/axes.ts'
import { type Command, readArguments, validateFlags } from './arguments.ts'
import { installFlag, lastOf, parsed, path, seed } from './flags.ts'
import { parseWhole } from './values.ts'

const flags = {
  option: {
    type: 'positional',
    required: false,
    valueHint: '…',
    description: 'axes, or axis=option; default every option of every axis',
  },
  orders: { type: 'string', valueHint: 'n', description: 'orders an option, 100 to 1000000' },
  seed: { type: 'string', valueHint: 'n', description: 'same seed, same orders' },
  json: { type: 'string', valueHint: 'file', description: 'write the results there as JSON' },
  install: installFlag,
} as const

const schema = z.object({
  orders: parsed((text) => parseWhole(text, 100, 1_000_000)).default(10_000),
  seed,
  json: path,
})

const known = Object.entries(axes).flatMap(([axis, { options }]) => [
  axis,
  ...Object.keys(options).map((name) => `${axis}=${name}`),
])

/**
 * The command line as plain data.
 * @throws UserError (exit 4) naming the flag or the option
 */
export function readProveOptions(raw: string[]): ProveOptions {
  const { texts, switches, positionals } = readArguments(raw, flags)
  const { orders, seed, json } = validateFlags(schema, lastOf(texts))
  const stranger = positionals.find((word) => !known.includes(word))
  if (stranger !== undefined) throw unknownWord('option', stranger, known)
  return {
    options: positionals,
    orders,
    seed,
    jsonFile: json,
    install: switches.install ?? true,
  }
}

export default {
  meta: {
    name: 'prove',
    description: 'many orders through every option, each audited: right ones green, bad ones seen',
  },
  args: flags,
  run: async (raw) => {
    const options = readProveOptions(raw)
    const { prove } = await import('../experiments/prove/command.ts')
    process.exitCode = await prove(options)
  },
} satisfies Command
