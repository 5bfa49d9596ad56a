import { z } from 'zod'
import { scenarioNames } from '../loadtests/rehearse/options.ts'
import type { SpikeOptions } from '../loadtests/watch/spike.ts'
import { type Command, judgeFlags, readArguments } from './arguments.ts'
import { lastOf, oneOf, parseDuration, parsed } from './flags.ts'
import { exitCodes, Refusal } from './services/refusal.ts'
import { parseWhole } from './values.ts'

const flags = {
  arm: { type: 'string', valueHint: 'name', description: 'before, after, or both (default)' },
  scenario: { type: 'string', valueHint: 'name', description: `${scenarioNames.join(', ')}` },
  rate: { type: 'string', valueHint: 'n', description: 'peak arrivals per second, 1 to 5000' },
  duration: { type: 'string', valueHint: '12s', description: 'of the crowd, 2s to 30m' },
  seed: { type: 'string', valueHint: 'n', description: 'same seed, same crowd' },
  driver: { type: 'string', valueHint: 'k6|simulator', description: 'k6 where it is at hand' },
  'side-by-side': {
    type: 'boolean',
    description: 'both arms at the same time: to look at, no basis for a verdict',
  },
} as const

const schema = z.object({
  arm: oneOf(['before', 'after', 'both']).default('both'),
  scenario: oneOf(scenarioNames).default('flash-sale'),
  rate: parsed((text) => parseWhole(text, 1, 5000)).optional(),
  duration: parsed(parseDuration).optional(),
  seed: parsed((text) => parseWhole(text, 0, 2 ** 32 - 1)).default(1),
  driver: oneOf(['k6', 'simulator']).optional(),
})

/**
 * The command line as plain data.
 * @throws Refusal (exit 4) naming the flag
 */
export function readSpikeOptions(raw: string[]): SpikeOptions {
  const { texts, switches } = readArguments(raw, flags)
  const { arm, duration, ...asked } = judgeFlags(schema, lastOf(texts))
  const sideBySide = switches['side-by-side'] ?? false
  if (sideBySide && arm !== 'both') {
    throw new Refusal('--side-by-side takes both arms: leave out --arm', exitCodes.badArguments)
  }
  return {
    arms: arm === 'both' ? ['before', 'after'] : [arm],
    scenario: asked.scenario,
    rate: asked.rate,
    durationSeconds: duration,
    seed: asked.seed,
    driver: asked.driver,
    sideBySide,
  }
}

export default {
  meta: { name: 'spike', description: 'sends a crowd at what is up' },
  args: flags,
  run: async (raw) => {
    const options = readSpikeOptions(raw)
    const { spike } = await import('../loadtests/watch/spike.ts')
    await spike(options)
  },
} satisfies Command
