import { runStep } from '../../lab/progress.ts'
import { poissonJourneysMax } from '../../loadtests/crowd/arrival-times.ts'
import type { JourneyRecord } from '../../loadtests/crowd/history.ts'
import { type ScenarioName, scenarios } from '../../loadtests/crowd/profiles.ts'
import { seedProfiles } from '../../server/db/seed.ts'
import { servedCheckoutMs } from '../judge/summarize.ts'
import { type BlockTestBed, rest, sendCrowdOf, warmUpArm } from './block.ts'
import type { ArmSpec, FoundRate, Plan } from './result.ts'
import { say } from './run-blocks.ts'

/**
 * How a probe is sent: seconds of a steady crowd, and how many times as many come in the next one.
 * Far above what is served, a probe shows how a shop refuses: the usual ones come closer.
 */
export const fitShapes = { usual: { seconds: 8, ratio: 2 }, quick: { seconds: 4, ratio: 4 } }
type FitShape = (typeof fitShapes)['usual']

/** Of a probe, what is not counted: connections open, queues fill. */
const settleShare = 0.25
/** About what a laptop serves, so that one probe is mostly enough. */
const firstProbeRate = 80
const probeRateMax = 2000
/** A probe of which more is served shows no limit: the next one asks for more. */
const shareHeld = 0.95

/** One steady crowd at the design under judgement. */
export interface FitProbe {
  rate: number
  servedPerSecond: number
}

/** Rate of the next probe; null once a probe was not served whole. */
export function nextFitProbe(probes: readonly FitProbe[], ratio: number): number | null {
  const last = probes.at(-1)
  if (!last) return firstProbeRate
  const isHeld = last.servedPerSecond >= last.rate * shareHeld
  const rate = last.rate * ratio
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
  const fromMs = startMs + seconds * settleShare * 1000
  const toMs = startMs + seconds * 1000
  const served = history.filter(
    (journey) =>
      (journey.outcome === 'left' || servedCheckoutMs(journey) !== null) &&
      journey.endedMs > fromMs &&
      journey.endedMs <= toMs,
  )
  return served.length / (seconds * (1 - settleShare))
}

/**
 * The plan with a rate that fits this machine: steady crowds of the same driver, with everything
 * else on, show what the last arm serves here after the warm-up that every block has, and the peak
 * is the scenario's share of that.
 * @returns the plan as it is where the scenario has a rate of its own
 */
export async function fitRate(testBed: BlockTestBed, plan: Plan, shape: FitShape): Promise<Plan> {
  const { shareOfServed } = scenarios[plan.scenario as ScenarioName]
  const arm = plan.arms.at(-1)
  if (shareOfServed === null || !arm) return plan
  const probes = await runStep(`measuring what ${arm.name} serves here`, () =>
    probe(testBed, plan, arm, shape),
  )
  const found = foundRate(probes, shareOfServed)
  const rateMax = Math.floor(poissonJourneysMax / plan.durationSeconds)
  const rate = Math.min(rateOf(found), plan.arrivals === 'poisson' ? rateMax : Infinity)
  const fitted = { ...plan, rate, found }
  say(`${foundRateWords(fitted.found, arm.name)}: up to ${fitted.rate}/s`)
  return fitted
}

async function probe(
  testBed: BlockTestBed,
  plan: Plan,
  arm: ArmSpec,
  { seconds, ratio }: FitShape,
): Promise<FitProbe[]> {
  const profile = seedProfiles[plan.stock ?? 'plenty']
  const running = await testBed.openArm({ ...testBed, profile }, arm, `${arm.name}-fit`)
  const probes: FitProbe[] = []
  try {
    await warmUpArm(running, plan, turnOf(plan, arm, 0))
    for (;;) {
      const rate = nextFitProbe(probes, ratio)
      if (rate === null) break
      await rest(testBed, running, plan)
      const steady: Plan = { ...plan, scenario: 'smoke', rate, durationSeconds: seconds }
      const turn = turnOf(plan, arm, probes.length)
      const { history } = await sendCrowdOf(testBed, running, steady, turn, { drainSeconds: 0 })
      probes.push({ rate, servedPerSecond: servedPerSecondOf(history, seconds) })
    }
  } finally {
    await running.close()
  }
  return probes
}

/** Crowds of one arm have each a number of their own, for the keys of their orders. */
const turnOf = (plan: Plan, arm: ArmSpec, pair: number) => ({
  index: plan.arms.length * plan.blocks,
  arm,
  pair,
})

/** `after serves 52 journeys/s here; the crowd comes with 60 % of that` */
export const foundRateWords = (
  { servedPerSecond, isAtLeast, sharePercent }: FoundRate,
  arm: string,
): string =>
  `${arm} serves ${isAtLeast ? 'at least ' : ''}${Math.round(servedPerSecond)} journeys/s here; ` +
  `the crowd comes with ${sharePercent} % of that`
