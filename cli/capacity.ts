import { z } from 'zod'
import type { CapacityOptions } from '../experiments/capacity/options.ts'
import { type Command, readArguments, validateFlags } from './arguments.ts'
import { crowdFlags, crowdSchema, rate } from './crowd-flags.ts'
import { designLabel, installFlag, lastOf, parsed, path, seed } from './flags.ts'
import { BadValue, parseSeconds, parseWhole } from './values.ts'

const flags = {
  arms: {
    type: 'string',
    valueHint: 'before,after',
    description: 'one design or more; join the axes of one with +, as in after+ids=sequence-table',
  },
  scenario: crowdFlags.scenario,
  p99: { type: 'string', valueHint: '500ms', description: 'longest p99 of a checkout' },
  goodput: { type: 'string', valueHint: '99', description: 'least % answered rightly, 1 to 100' },
  duration: { type: 'string', valueHint: '8s', description: 'crowd per block, 2s to 30m' },
  from: { type: 'string', valueHint: 'n', description: 'arrivals per second to begin with' },
  max: { type: 'string', valueHint: 'n', description: 'highest rate to try, 1 to 5000' },
  blocks: { type: 'string', valueHint: 'n', description: 'most blocks per arm, 2 to 40' },
  seed: crowdFlags.seed,
  driver: {
    ...crowdFlags.driver,
    description: 'the simulator, which costs the cores least, unless k6 is asked for',
  },
  quick: { type: 'boolean', description: 'shorter and fewer blocks, a coarser border' },
  json: { type: 'string', valueHint: 'file', description: 'write the result there as JSON' },
  out: { type: 'string', valueHint: 'dir', description: 'write result and table there' },
  install: installFlag,
} as const

const shapes = {
  usual: { durationSeconds: 8, blocksMax: 14, ratioMax: 1.1, minutes: 20 },
  quick: { durationSeconds: 4, blocksMax: 7, ratioMax: 1.3, minutes: 5 },
} as const

const schema = z
  .object({
    arms: parsed(parseArmList).default(['before', 'after']),
    scenario: crowdSchema.scenario.default('smoke'),
    p99: parsed(parseMilliseconds).default(500),
    goodput: parsed((text) => parseWhole(text, 1, 100)).default(99),
    duration: crowdSchema.duration,
    from: rate.default(20),
    max: rate.default(2000),
    blocks: parsed((text) => parseWhole(text, 2, 40)).optional(),
    seed,
    driver: crowdSchema.driver.default('simulator'),
    json: path,
    out: path,
  })
  .refine(({ from, max }) => from <= max, { message: 'is above --max', path: ['from'] })

/** @throws BadValue unless there is one design or more, none twice */
function parseArmList(text: string): string[] {
  const arms = text.split(',').map((arm) => arm.trim().replaceAll('+', ','))
  if (arms.some((arm) => arm === '')) throw new BadValue(`'${text}' has an arm without a design`)
  const twice = arms.find((arm, index) => arms.indexOf(arm) !== index)
  if (twice !== undefined) throw new BadValue(`'${twice}' is there twice`)
  return arms
}

function parseMilliseconds(text: string): number {
  const milliseconds = parseSeconds(text) * 1000
  if (milliseconds < 1 || milliseconds > 60_000) {
    throw new BadValue(`'${text}' is not between 1ms and 1m`)
  }
  return milliseconds
}

/**
 * The command line as plain data.
 * @throws UserError (exit 4) naming the flag
 */
export function readCapacityOptions(raw: string[]): CapacityOptions {
  const { texts, switches } = readArguments(raw, flags)
  const asked = validateFlags(schema, lastOf(texts))
  const { durationSeconds, blocksMax, ratioMax, minutes } =
    shapes[switches.quick ? 'quick' : 'usual']
  return {
    arms: asked.arms.map((text, index) => ({
      name: /^[a-z]+$/.test(text) ? text : `arm-${index + 1}`,
      design: designLabel(text),
      asked: text.replaceAll(',', '+'),
    })),
    scenario: asked.scenario,
    target: { p99MsMax: asked.p99, servedPercentMin: asked.goodput },
    durationSeconds: asked.duration ?? durationSeconds,
    seed: asked.seed,
    driver: asked.driver,
    bounds: {
      rateFrom: asked.from,
      rateMax: asked.max,
      blocksMax: asked.blocks ?? blocksMax,
      ratioMax,
    },
    timeMsMax: minutes * 60_000 * asked.arms.length,
    jsonFile: asked.json,
    out: asked.out,
    install: switches.install ?? true,
  }
}

export default {
  meta: { name: 'capacity', description: 'the highest rate that each design holds' },
  args: flags,
  run: async (raw) => {
    const options = readCapacityOptions(raw)
    const { capacity } = await import('../experiments/capacity/command.ts')
    process.exitCode = await capacity(options)
  },
} satisfies Command
