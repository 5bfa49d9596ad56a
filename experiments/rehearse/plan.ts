import { objectiveUsual } from '../judge/terms.ts'
import { faultsOf, shapeOf } from '../run/plan.ts'
import type { Driver, Plan } from '../run/result.ts'
import type { RehearseOptions } from './options.ts'

/** The two arms, and what the scenario decides of the rest. @param driver the one available */
export function planOf(options: RehearseOptions, driver: Driver): Plan {
  const { scenario, arrivals, seed, stock, faults } = options
  const shape = shapeOf(options)
  const [before, after] = options.labels
  const [askedBefore, askedAfter] = options.arms
  return {
    scenario,
    arms: [
      { name: 'before', design: before, asked: askedBefore },
      { name: 'after', design: after, asked: askedAfter },
    ],
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

/** Only what is not usual, so that the line that repeats a run stays short. */
function termsIn({ margin, expect, objective }: RehearseOptions): Pick<Plan, 'terms'> {
  const isUsual = Bun.deepEquals(objective, objectiveUsual)
  if (margin === undefined && expect === undefined && isUsual) return {}
  return { terms: { margin, expect, objective: isUsual ? undefined : objective } }
}
