import { objectiveUsual } from '../judge/terms.ts'
import { faultsOf, shapeOf } from '../run/plan.ts'
import type { Driver, Plan } from '../run/result.ts'
import type { RehearseOptions } from './options.ts'

/** The arms, and what the scenario decides of the rest. @param driver the one available */
export function planOf(options: RehearseOptions, driver: Driver): Plan {
  const { scenario, arrivals, seed, stock, faults } = options
  const shape = shapeOf(options)
  return {
    scenario,
    arms: armsOf(options),
    ...shape,
    arrivals,
    seed,
    driver,
    ...(options.target === 'compose' ? { target: 'compose' as const } : {}),
    ...(stock === 'plenty' ? {} : { stock }),
    ...termsIn(options),
    faults: faults.length > 0 ? faults : faultsOf(scenario, shape.durationSeconds),
  }
}

/** Of two, whatever they are, one is `before` and one `after`; of more, each has a name. */
function armsOf({ arms, labels }: RehearseOptions): Plan['arms'] {
  const names =
    arms.length === 2
      ? ['before', 'after']
      : arms.map((asked, index) => {
          const isOwn = /^[a-z]+$/.test(asked) && arms.indexOf(asked) === index
          return isOwn ? asked : `arm-${index + 1}`
        })
  return labels.map((design, index) => ({
    name: names[index] ?? '',
    design,
    asked: arms[index] ?? '',
  }))
}

/** Only what is not usual, so that the line that repeats a run stays short. */
function termsIn({ margin, expect, objective }: RehearseOptions): Pick<Plan, 'terms'> {
  const isUsual = Bun.deepEquals(objective, objectiveUsual)
  if (margin === undefined && expect === undefined && isUsual) return {}
  return { terms: { margin, expect, objective: isUsual ? undefined : objective } }
}
