import { shapeOf } from '../experiments/run/plan.ts'
import type { PartnerSpikeOptions } from '../experiments/up/partner-spike.ts'
import type { SpikeOptions } from '../experiments/up/spike.ts'
import { exitCodes, UserError } from '../lab/user-error.ts'
import { partnerRush } from '../loadtests/crowd/partners.ts'
import { scenarioNames } from '../loadtests/crowd/profiles.ts'
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
    scenario: {
      ...crowdFlags.scenario,
      help: `${[...scenarioNames, partnerRush.name].join(', ')}; default flash-sale`,
      value: oneOf([...scenarioNames, partnerRush.name]).default('flash-sale'),
    },
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
  complete: ({ arm, scenario, ...rest }): SpikeOptions | PartnerSpikeOptions => {
    if (rest.sideBySide && arm !== 'both') {
      throw new UserError('--side-by-side takes both arms: leave out --arm', exitCodes.badArguments)
    }
    const arms: SpikeOptions['arms'] = arm === 'both' ? ['before', 'after'] : [arm]
    if (scenario === partnerRush.name) {
      const { rate, arrivals, ...own } = rest
      if (rate !== undefined || arrivals !== 'even') {
        const why = 'its partners ask again as soon as they are answered'
        const what = `--scenario ${scenario}: no --rate and no --arrivals`
        throw new UserError(`${what}, since ${why}`, exitCodes.badArguments)
      }
      return { ...own, arms }
    }
    requireArrivals(rest.arrivals, shapeOf({ ...rest, scenario, blocks: 1, quick: false }))
    return { ...rest, scenario, arms }
  },
  run: async (options) =>
    'scenario' in options
      ? (await import('../experiments/up/spike.ts')).spike(options)
      : (await import('../experiments/up/partner-spike.ts')).spikePartners(options),
})
