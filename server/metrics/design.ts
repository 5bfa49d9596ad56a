import type { Registry } from 'prom-client'
import type { DesignFlags } from '../designs/flags/design-flags.ts'
import { optionIn } from '../designs/flags/flags.ts'
import type { Mix } from '../designs/flags/mix.ts'
import { optionLabels, optionSeries } from './design-requests.ts'
import { type Readings, registerMetrics } from './register.ts'
import { gauge, only } from './table.ts'

/** How far a process follows the flags. */
export const flagMetrics = {
  stampede_design_epoch: gauge('Change of the design that the process goes by; 0 = as started.'),
  stampede_design_flags_age_seconds: gauge(
    'Time since the design that the process goes by was last seen to be the newest.',
  ),
}

/** How many customers have an option; 0 = no customer, 1 = all. */
export const shareMetrics = {
  stampede_design_share: only(
    gauge('Share of the customers who have the option, by the flags.', optionLabels),
    optionSeries,
  ),
}

/** Which option of each axis the process takes when a request asks for no other. */
export const designMetrics = {
  ...flagMetrics,
  ...shareMetrics,
  stampede_design_info: only(
    gauge(
      '1 for the option that an axis has in this process unless a request asks for another.',
      optionLabels,
    ),
    optionSeries,
  ),
}

const readings = (flags: DesignFlags): Readings<typeof flagMetrics> => ({
  stampede_design_epoch: () => flags.health().epoch,
  stampede_design_flags_age_seconds: () => flags.health().ageMs / 1000,
})

/** Of a process that has no requests. */
export function registerFlagMetrics(registry: Registry, flags: DesignFlags): void {
  registerMetrics(registry, flagMetrics, readings(flags))
}

export function registerDesignMetrics(registry: Registry, flags: DesignFlags): void {
  registerMetrics(registry, designMetrics, {
    ...readings(flags),
    stampede_design_share: () => {
      if (flags.health().epoch === undefined) return []
      return optionSeries.map((labels) => ({ labels, value: shareOf(flags.mix, labels) }))
    },
    stampede_design_info: () => {
      if (flags.health().epoch === undefined) return []
      const { base } = flags.mix
      return optionSeries.map((labels) => ({
        labels,
        value: optionIn(base, labels.axis) === labels.option ? 1 : 0,
      }))
    },
  })
}

function shareOf({ flags, base }: Mix, { axis, option }: (typeof optionSeries)[number]): number {
  const flag = flags[axis]
  if (!flag) return optionIn(base, axis) === option ? 1 : 0
  if (flag.to === option) return flag.percent / 100
  return flag.option === option ? 1 - flag.percent / 100 : 0
}
