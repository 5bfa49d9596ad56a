import { resolve } from 'node:path'
import type { BenchOptions } from '../experiments/bench/options.ts'
import { type Command, readArguments } from './arguments.ts'

const flags = {
  name: { type: 'positional', required: false, valueHint: '…', description: 'which; default all' },
  json: { type: 'string', valueHint: 'file', description: 'write the figures there as JSON' },
} as const

/**
 * The command line as plain data.
 * @throws UserError (exit 4) naming the flag
 */
export function readBenchOptions(raw: string[]): BenchOptions {
  const { texts, positionals } = readArguments(raw, flags)
  const file = texts.json?.at(-1)
  return { names: positionals, jsonFile: file === undefined ? undefined : resolve(file) }
}

export default {
  meta: { name: 'bench', description: 'benchmarks against their floors; exit 2 where one misses' },
  args: flags,
  run: async (raw) => {
    const options = readBenchOptions(raw)
    const { bench } = await import('../experiments/bench/command.ts')
    process.exitCode = await bench(options)
  },
} satisfies Command
