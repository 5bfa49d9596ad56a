import { runStep } from '../../lab/progress.ts'
import { poissonJourneysMax } from '../../loadtests/crowd/arrival-times.ts'
import type { JourneyRecord } from '../../loadtests/crowd/history.ts'
import { type ScenarioName, scenarios } from '../../loadtests/crowd/profiles.ts'
import { seedProfiles } from '../../server/db/seed.ts'
import { servedCheckoutMs } from '../judge/summarize.ts'
import { type BlockTestBed, sendCrowdOf, warmUpAndRest } from './block.ts'
import type { ArmSpec, FoundRate, Plan } from './result.ts'
import { say } from './run-blocks.ts'

const probeSeconds = 4
/** Until then connections open; what ends later is not counted for the rate. */
const settleSeconds = 1
/** About what a laptop serves, so that one probe is mostly enough. */
const firstProbeRate = 80
const ratioOfProbes = 4
const probeRateMax = 2000
/** A probe of which more is served shows no limit: the next one asks for more. */
const shareHeld = 0.95

/** One steady crowd at the design under judgement. */
export interface FitProbe {
  rate: number
  servedPerSecond: number
}

/** Rate of the next probe; null once a probe was not served whole. */
export function nextFitProbe(probes: readonly FitProbe[]): number | null {
  const last = probes.at(-1)
  if (!last) return firstProbeRate
  const isHeld = last.servedPerSecond >= last.rate * shareHeld
  const rate = last.rate * ratioOfProbes
  return isHeld && rate <= probeRateMax ? rate : null
}

/** What the probes show that is served, and the peak rate of the scenario's share of it. */
export function foundRate(probes: readonly FitProbe[], sharePercent: number): FoundRate {
  const servedPerSecond = Math.max(0, ...probes.map((probe) => probe.servedPerSecond))
  const last = probes.at(-1)
  const isAtLeast = last !== undefined && last.servedPerSecond >= last.rate * shareHeld
  return { servedPerSecond, isAtLeast, sharePercent }
}

/** Whole journeys per second, at least two: k6 takes no fractions. */
export const rateOf = ({ servedPerSecond, sharePercent }: FoundRate): number =>
  Math.min(5000, Math.max(2, Math.floor((servedPerSecond * sharePercent) / 100)))

/** Journeys a second that were answered rightly while the crowd was there and had settled. */
export function servedPerSecondOf(history: readonly JourneyRecord[], seconds: number): number {
  const startMs = Math.min(...history.map(({ startedMs }) => startedMs))
  const [fromMs, toMs] = [startMs + settleSeconds * 1000, startMs + seconds * 1000]
  const served = history.filter(
    (journey) =>
      (journey.outcome === 'left' || servedCheckoutMs(journey) !== null) &&
      journey.endedMs > fromMs &&
      journey.endedMs <= toMs,
  )
  return served.length / (seconds - settleSeconds)
}

/**
 * The plan with a rate that fits this machine: steady crowds of the same driver, with everything
 * else on, show what the last arm serves here, and the peak is the scenario's share of that.
 * @returns the plan as it is where the scenario has a rate of its own
 */
export async function fitRate(testBed: BlockTestBed, plan: Plan): Promise<Plan> {
  const { shareOfServed } = scenarios[plan.scenario as ScenarioName]
  const arm = plan.arms.at(-1)
  if (shareOfServed === null || !arm) return plan
  const probes = await runStep(`measuring what ${arm.name} serves here`, () =>
    probe(testBed, plan, arm),
  )
  const found = foundRate(probes, shareOfServed)
  const rateMax = Math.floor(poissonJourneysMax / plan.durationSeconds)
  const rate = Math.min(rateOf(found), plan.arrivals === 'poisson' ? rateMax : Infinity)
  const fitted = { ...plan, rate, found }
  say(`${foundRateWords(fitted.found, arm.name)}: up to ${fitted.rate}/s`)
  return fitted
}

async function probe(testBed: BlockTestBed, plan: Plan, arm: ArmSpec): Promise<FitProbe[]> {
  const profile = seedProfiles[plan.stock ?? 'plenty']
  const running = await testBed.openArm({ ...testBed, profile }, arm, `${arm.name}-fit`)
  const probes: FitProbe[] = []
  try {
    for (;;) {
      const rate = nextFitProbe(probes)
      if (rate === null) break
      const steady: Plan = { ...plan, scenario: 'smoke', rate, durationSeconds: probeSeconds }
      const turn = { index: plan.arms.length * plan.blocks, arm, pair: probes.length }
      await warmUpAndRest(running, steady, turn)
      const { history } = await sendCrowdOf(testBed, running, steady, turn)
      probes.push({ rate, servedPerSecond: servedPerSecondOf(history, probeSeconds) })
    }
  } finally {
    await running.close()
  }
  return probes
}

/** `after serves 52 journeys/s here; the crowd comes with 60 % of that` */
export const foundRateWords = (
  { servedPerSecond, isAtLeast, sharePercent }: FoundRate,
  arm: string,
): string =>
  `${arm} serves ${isAtLeast ? 'at least ' : ''}${Math.round(servedPerSecond)} journeys/s here; ` +
  `the crowd comes with ${sharePercent} % of that`
