import { z } from 'zod'
import { type RehearseOptions, stockLevels, targets } from '../experiments/rehearse/options.ts'
import { type Command, readArguments, validateFlags } from './arguments.ts'
import { crowdFlags, crowdSchema } from './crowd-flags.ts'
import { designLabel, installFlag, lastOf, oneOf, parsed, path, prometheusFlag } from './flags.ts'
import { parseArms, parseFault, parseWhole } from './values.ts'

const flags = {
  ...crowdFlags,
  arms: {
    type: 'string',
    valueHint: 'before,after',
    description: 'two designs; join the axes of one with +, as in after+ids=sequence-table',
  },
  blocks: { type: 'string', valueHint: 'n', description: 'blocks per arm, 1 to 20' },
  duration: { type: 'string', valueHint: '12s', description: 'crowd per block, 2s to 30m' },
  fault: {
    type: 'string',
    valueHint: 'name:json@10s..20s',
    description: 'a fault while the crowd is there; may be repeated',
  },
  stock: { type: 'string', valueHint: 'plenty|scarce', description: 'scarce: most is sold out' },
  target: {
    type: 'string',
    valueHint: 'private|compose',
    description: 'compose drives what docker compose has up, and empties its shops',
  },
  quick: { type: 'boolean', description: 'at most 90 s, with the tools at hand' },
  out: { type: 'string', valueHint: 'dir', description: 'where the report goes' },
  prometheus: prometheusFlag,
  install: installFlag,
} as const

const schema = z.object({
  ...crowdSchema,
  arms: parsed(parseArms).default(['before', 'after']),
  blocks: parsed((text) => parseWhole(text, 1, 20)).optional(),
  fault: z.array(parsed(parseFault)).default([]),
  stock: oneOf(stockLevels).default('plenty'),
  target: oneOf(targets).default('private'),
  out: path,
})

/**
 * The command line as plain data.
 * @throws UserError (exit 4) naming the flag
 */
export function readRehearseOptions(raw: string[]): RehearseOptions {
  const { texts, switches } = readArguments(raw, flags)
  const { fault, ...single } = texts
  const asked = validateFlags(schema, { ...lastOf(single), fault })
  return {
    scenario: asked.scenario,
    arms: asked.arms,
    labels: [designLabel(asked.arms[0]), designLabel(asked.arms[1])],
    blocks: asked.blocks,
    durationSeconds: asked.duration,
    rate: asked.rate,
    seed: asked.seed,
    faults: asked.fault,
    driver: asked.driver,
    stock: asked.stock,
    target: asked.target,
    quick: switches.quick ?? false,
    out: asked.out,
    prometheus: switches.prometheus ?? true,
    install: switches.install ?? true,
  }
}

export default {
  meta: { name: 'rehearse', description: 'the same crowd at both designs, audited and compared' },
  args: flags,
  run: async (raw) => {
    const options = readRehearseOptions(raw)
    const { rehearse } = await import('../experiments/rehearse/command.ts')
    process.exitCode = await rehearse(options)
  },
} satisfies Command
