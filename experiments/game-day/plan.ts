import type { ScenarioName, Stage } from '../../loadtests/crowd/profiles.ts'
import { sizeOf } from '../../loadtests/crowd/stages.ts'
import { parseDesign } from '../../server/designs/design.ts'
import type { Driver, Plan } from '../run/result.ts'
import type { GameDay } from './schema.ts'

/** The crowd's curve: its first rate, and each change in a line to the next. */
export function stagesIn({ rate, duration, steps }: GameDay): Stage[] {
  const stages: Stage[] = [{ durationSeconds: 0, targetRate: rate }]
  let [at, last] = [0, rate]
  const lead = (seconds: number, targetRate: number) => {
    stages.push({ durationSeconds: Number(seconds.toFixed(3)), targetRate })
    at += seconds
    last = targetRate
  }
  for (const { at: seconds, crowd } of steps) {
    if (!crowd) continue
    if (seconds > at) lead(seconds - at, last)
    lead(crowd.within, crowd.rate)
  }
  if (duration > at) lead(duration - at, last)
  return stages
}

/** One block of each arm; faults of the timeline are played as in a rehearsal. */
export function planOf(day: GameDay, driver: Driver): Plan {
  const stages = stagesIn(day)
  return {
    scenario: day.scenario as ScenarioName,
    arms: day.arms.map(({ name, design }) => ({
      ...{ name, design: parseDesign(design).label, asked: design },
    })),
    blocks: 1,
    ...sizeOf(stages),
    stages,
    arrivals: day.arrivals,
    seed: day.seed,
    driver,
    ...(day.stock === 'scarce' ? { stock: 'scarce' as const } : {}),
    faults: day.steps.flatMap(({ at, fault }) =>
      fault
        ? [
            {
              ...{ name: fault.name, settings: fault.settings },
              ...{ fromSeconds: at, toSeconds: at + fault.for },
            },
          ]
        : [],
    ),
  }
}
