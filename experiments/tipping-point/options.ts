import type { ScenarioName } from '../../loadtests/crowd/profiles.ts'
import { stretchMs } from '../judge/recovery.ts'
import type { ExperimentOptions } from '../run/options.ts'
import type { ArmSpec, Driver, Plan } from '../run/result.ts'

/** Options of `./stampede tipping-point`. */
export interface TippingOptions extends ExperimentOptions {
  arms: ArmSpec[]
  fault: { name: string; settings: object }
  /** It acts on the network: a proxy stands before the servers of each arm. */
  isProxied: boolean
  /** How long the fault is on, seconds, ascending. */
  triggers: readonly number[]
  /** Journeys per second, ascending. */
  rates: readonly number[]
  /** Runs of each cell at the border, each with a seed of its own. */
  runsEach: number
  /** A design has to recover within this after the fault, seconds. */
  watchSeconds: number
  seed: number
  driver: Driver
  /** Everything together, milliseconds. */
  timeMsMax: number
}

/** A steady crowd, whose clients obey the policy that the server sends. */
export const scenario: ScenarioName = 'retry-storm'

/** Before the fault: long enough to see what the design serves without it. */
const beforeSecondsMin = 6
const customersBefore = 60

/** Start, warm-up, rest and audit of a run, seconds; about what is seen. */
export const overheadSeconds = 18

/** The crowd of a run: before the fault, the fault, and as long as it may take to recover. */
export function planOf(
  options: Pick<TippingOptions, 'arms' | 'fault' | 'watchSeconds' | 'seed' | 'driver'>,
  { rate, triggerSeconds }: { rate: number; triggerSeconds: number },
): Plan {
  const { arms, fault, watchSeconds, seed, driver } = options
  const fromSeconds = Math.max(beforeSecondsMin, Math.ceil(customersBefore / rate))
  const toSeconds = fromSeconds + triggerSeconds
  return {
    ...{ scenario, arms, blocks: 1, rate, seed, driver },
    durationSeconds: toSeconds + watchSeconds + stretchMs / 1000,
    faults: [{ ...fault, fromSeconds, toSeconds }],
  }
}
