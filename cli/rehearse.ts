import { resolve } from 'node:path'
import { z } from 'zod'
import {
  type RehearseOptions,
  scenarioNames,
  stockLevels,
  targets,
} from '../loadtests/rehearse/options.ts'
import { type Command, judgeFlags, readArguments } from './arguments.ts'
import {
  designLabel,
  installFlag,
  lastOf,
  oneOf,
  parseDuration,
  parsed,
  prometheusFlag,
} from './flags.ts'
import { parseArms, parseFault, parseWhole } from './values.ts'

const flags = {
  scenario: { type: 'string', valueHint: 'name', description: `${scenarioNames.join(', ')}` },
  arms: {
    type: 'string',
    valueHint: 'before,after',
    description: 'two designs; join the axes of one with +, as in after+ids=sequence-table',
  },
  blocks: { type: 'string', valueHint: 'n', description: 'blocks per arm, 1 to 20' },
  duration: { type: 'string', valueHint: '12s', description: 'crowd per block, 2s to 30m' },
  rate: { type: 'string', valueHint: 'n', description: 'peak arrivals per second, 1 to 5000' },
  seed: { type: 'string', valueHint: 'n', description: 'same seed, same crowd and data' },
  fault: {
    type: 'string',
    valueHint: 'name:json@10s..20s',
    description: 'a fault while the crowd is there; may be repeated',
  },
  driver: { type: 'string', valueHint: 'k6|simulator', description: 'k6 where it can be had' },
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
  scenario: oneOf(scenarioNames).default('flash-sale'),
  arms: parsed(parseArms).default(['before', 'after']),
  blocks: parsed((text) => parseWhole(text, 1, 20)).optional(),
  duration: parsed(parseDuration).optional(),
  rate: parsed((text) => parseWhole(text, 1, 5000)).optional(),
  seed: parsed((text) => parseWhole(text, 0, 2 ** 32 - 1)).default(1),
  fault: z.array(parsed(parseFault)).default([]),
  driver: oneOf(['k6', 'simulator']).optional(),
  stock: oneOf(stockLevels).default('plenty'),
  target: oneOf(targets).default('private'),
  out: z.string().optional(),
})

/**
 * The command line as plain data.
 * @throws Refusal (exit 4) naming the flag
 */
export function readRehearseOptions(raw: string[]): RehearseOptions {
  const { texts, switches } = readArguments(raw, flags)
  const { fault, ...single } = texts
  const asked = judgeFlags(schema, { ...lastOf(single), fault })
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
    out: asked.out === undefined ? undefined : resolve(asked.out),
    prometheus: switches.prometheus ?? true,
    install: switches.install ?? true,
  }
}

export default {
  meta: { name: 'rehearse', description: 'the same crowd at both designs, audited and compared' },
  args: flags,
  run: async (raw) => {
    const options = readRehearseOptions(raw)
    const { rehearse } = await import('../loadtests/rehearse/command.ts')
    process.exitCode = await rehearse(options)
  },
} satisfies Command
