import { shapeOf } from '../experiments/run/plan.ts'
import type { SpikeOptions } from '../experiments/up/spike.ts'
import { exitCodes, UserError } from '../lab/user-error.ts'
import { defineCommand } from './command.ts'
import {
  crowdFlags,
  durationFlag,
  flashSale,
  isOn,
  oneOf,
  requireArrivals,
  seedFlag,
} from './flags.ts'

export default defineCommand({
  name: 'spike',
  description: 'send a crowd at the running environment',
  flags: {
    arm: {
      hint: 'name',
      help: 'before, after, or both (default)',
      value: oneOf(['before', 'after', 'both']).default('both'),
    },
    ...crowdFlags,
    ...seedFlag('same seed, same crowd'),
    driver: { ...crowdFlags.driver, help: 'default: k6 if installed' },
    ...durationFlag(
      `of the scenario (flash-sale ${flashSale.usual.durationSeconds}s)`,
      'length of the crowd',
    ),
    sideBySide: {
      help: 'both arms at the same time: to watch, not to compare',
      value: isOn,
    },
  },
  complete: ({ arm, ...rest }): SpikeOptions => {
    if (rest.sideBySide && arm !== 'both') {
      throw new UserError('--side-by-side takes both arms: leave out --arm', exitCodes.badArguments)
    }
    requireArrivals(rest.arrivals, shapeOf({ ...rest, blocks: 1, quick: false }))
    return { ...rest, arms: arm === 'both' ? ['before', 'after'] : [arm] }
  },
  run: async (options) => (await import('../experiments/up/spike.ts')).spike(options),
})
