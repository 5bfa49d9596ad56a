import { z } from 'zod'
import { type LadderOptions, stockWords } from '../experiments/ladder/options.ts'
import { type Arguments, validateFlags } from './arguments.ts'
import { crowdFlags, crowdSchema } from './crowd-flags.ts'
import { installFlag, lastOf, oneOf, parsed, path, prometheusFlag } from './flags.ts'
import { parseWhole } from './values.ts'

/** Flags of every command that sends one crowd at many designs. */
export const ladderFlags = {
  ...crowdFlags,
  stock: {
    type: 'string',
    valueHint: 'plenty|scarce|both',
    description: 'scarce: most is sold out; both takes twice the time',
  },
  blocks: { type: 'string', valueHint: 'n', description: 'blocks per design, 2 to 20' },
  duration: { type: 'string', valueHint: '10s', description: 'crowd per block, 2s to 30m' },
  quick: { type: 'boolean', description: 'two short blocks a design, with the tools at hand' },
  out: { type: 'string', valueHint: 'dir', description: 'where the report goes' },
  json: { type: 'string', valueHint: 'file', description: 'write the report there as JSON, too' },
  prometheus: prometheusFlag,
  install: installFlag,
} as const

const schema = z.object({
  ...crowdSchema,
  stock: oneOf(stockWords).default('plenty'),
  blocks: parsed((text) => parseWhole(text, 2, 20)).optional(),
  out: path,
  json: path,
})

/**
 * What these flags say, as plain data; which designs they are for is the command's own matter.
 * @throws UserError (exit 4) naming the flag
 */
export function readLadderFlags({
  texts,
  switches,
}: Arguments): Omit<LadderOptions, 'kind' | 'rungs' | 'leftOut' | 'words'> {
  const asked = validateFlags(schema, lastOf(texts))
  return {
    scenario: asked.scenario,
    stocks: asked.stock === 'both' ? ['plenty', 'scarce'] : [asked.stock],
    blocks: asked.blocks,
    durationSeconds: asked.duration,
    rate: asked.rate,
    seed: asked.seed,
    driver: asked.driver,
    quick: switches.quick ?? false,
    out: asked.out,
    jsonFile: asked.json,
    prometheus: switches.prometheus ?? true,
    install: switches.install ?? true,
  }
}
