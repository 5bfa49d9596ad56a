import { z } from 'zod'
import type { SpikeOptions } from '../experiments/up/spike.ts'
import { exitCodes, UserError } from '../lab/user-error.ts'
import { type Command, readArguments, validateFlags } from './arguments.ts'
import { crowdFlags, crowdSchema } from './crowd-flags.ts'
import { lastOf, oneOf } from './flags.ts'

const flags = {
  arm: { type: 'string', valueHint: 'name', description: 'before, after, or both (default)' },
  ...crowdFlags,
  seed: { ...crowdFlags.seed, description: 'same seed, same crowd' },
  driver: { ...crowdFlags.driver, description: 'k6 where it is at hand' },
  duration: { type: 'string', valueHint: '12s', description: 'of the crowd, 2s to 30m' },
  'side-by-side': {
    type: 'boolean',
    description: 'both arms at the same time: to look at, no basis for a verdict',
  },
} as const

const schema = z.object({
  arm: oneOf(['before', 'after', 'both']).default('both'),
  ...crowdSchema,
})

/**
 * The command line as plain data.
 * @throws UserError (exit 4) naming the flag
 */
export function readSpikeOptions(raw: string[]): SpikeOptions {
  const { texts, switches } = readArguments(raw, flags)
  const { arm, duration, ...asked } = validateFlags(schema, lastOf(texts))
  const sideBySide = switches['side-by-side'] ?? false
  if (sideBySide && arm !== 'both') {
    throw new UserError('--side-by-side takes both arms: leave out --arm', exitCodes.badArguments)
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
    const { spike } = await import('../experiments/up/spike.ts')
    await spike(options)
  },
} satisfies Command
