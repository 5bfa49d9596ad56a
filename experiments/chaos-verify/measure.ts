import { percentile } from '../judge/statistics.ts'
import type { Probe, Sampler } from './probe.ts'

/** The board of the arm, as the measurement uses it. */
export interface BoardUnderTest {
  put(name: string, settings: object): Promise<void>
  reset(): Promise<void>
  /** How often the fault has bitten, in all processes. */
  injected(name: string): Promise<number>
}

export interface Bite {
  fault: string
  measures: string
  unit: Probe['unit']
  asked: number
  /** Median over the pairs of a sample with the fault and one without. */
  measured: number
  pairs: number
  /** From asking for the fault until a sample that was bitten began, longest of all blocks. */
  tookHoldMs: number
  /** From asking for the reset until it was acknowledged, longest of all. */
  resetMs: number
  /** Bites that the board counted from two seconds after the reset on. */
  injectedAfter: number
  /** Samples from then on that looked bitten. */
  bittenAfter: number
}

export interface Bounds {
  /** Pairs in all. */
  pairs: number
  /** A fault is switched on and off for each block of so many. */
  perBlock: number
  /** From the reset on, nothing may be injected after this. */
  leftMs: number
  /** Within this time a process has reported what it has injected. */
  reportedMs: number
  /** A block with the fault takes no longer, or it does not bite. */
  blockMsMax: number
}

export const bounds: Bounds = {
  ...{ pairs: 200, perBlock: 20 },
  ...{ leftMs: 2000, reportedMs: 600, blockMsMax: 60_000 },
}

/** Samples that look whether the fault has left. */
const looksAfter = 20

/**
 * Measures how a fault bites: blocks without it and with it in turn, so that what else the machine
 * does is in both.
 * @throws Error where a block does not bite at all within a minute
 */
export async function measureBite(
  probe: Probe,
  sampler: Sampler,
  board: BoardUnderTest,
  { pairs, perBlock, leftMs, reportedMs, blockMsMax }: Bounds = bounds,
  advance: (fraction: number) => void = () => {},
): Promise<Bite> {
  const differences: number[] = []
  let tookHoldMs = 0
  let resetMs = 0
  // What is slow only once: connections, plans, code that is not compiled yet.
  for (let warm = 0; warm < perBlock; warm += 1) await sampler.sample()
  while (differences.length < pairs) {
    const off: number[] = []
    for (let index = 0; index < perBlock; index += 1) off.push(await sampler.sample())
    const askedAtMs = performance.now()
    await board.put(probe.fault, probe.settings)
    const on = await bitesOf(probe, sampler, perBlock, blockMsMax)
    tookHoldMs = Math.max(tookHoldMs, on.firstBegunAtMs - askedAtMs)
    const resetAtMs = performance.now()
    await board.reset()
    resetMs = Math.max(resetMs, performance.now() - resetAtMs)
    differences.push(...on.values.map((value, index) => value - (off[index] ?? 0)))
    advance(Math.min(1, differences.length / pairs))
  }
  await Bun.sleep(leftMs)
  const injectedBefore = await board.injected(probe.fault)
  const after: number[] = []
  for (let look = 0; look < looksAfter; look += 1) after.push(await sampler.sample())
  await Bun.sleep(reportedMs)
  const { fault, measures, unit, asked } = probe
  return {
    ...{ fault, measures, unit, asked, tookHoldMs, resetMs },
    measured: percentile(differences, 0.5),
    pairs: differences.length,
    injectedAfter: (await board.injected(fault)) - injectedBefore,
    bittenAfter: after.filter((value) => isBitten(probe, value)).length,
  }
}

const isBitten = ({ asked }: Probe, value: number) => value > asked / 2

/** Samples with the fault on, from the first that is bitten; of a fault in rounds, bitten ones. */
async function bitesOf(probe: Probe, sampler: Sampler, count: number, blockMsMax: number) {
  const givenUpAtMs = performance.now() + blockMsMax
  const values: number[] = []
  let firstBegunAtMs: number | undefined
  while (values.length < count) {
    const begunAtMs = performance.now()
    if (begunAtMs > givenUpAtMs) throw new Error(`${probe.fault} does not bite`)
    const value = await sampler.sample()
    const counts = isBitten(probe, value) || (firstBegunAtMs !== undefined && !probe.isInRounds)
    if (!counts) continue
    firstBegunAtMs ??= begunAtMs
    values.push(value)
  }
  return { values, firstBegunAtMs: firstBegunAtMs ?? Number.POSITIVE_INFINITY }
}

const tookHoldMsMax = 1000
const resetMsMax = 500

/** What of a bite is not as it was asked for; none where all is well. */
export function flawsOf(bite: Bite): string[] {
  const { asked, measured, tookHoldMs, resetMs, injectedAfter, bittenAfter } = bite
  const off = Math.abs(measured - asked)
  // Of shares, 5 points would be half of a tenth.
  const isNear = off <= asked * 0.1 || (bite.unit === 'ms' && off <= 5)
  const flaws = {
    'bites otherwise than asked': !isNear,
    'took hold late': tookHoldMs > tookHoldMsMax,
    'reset was acknowledged late': resetMs > resetMsMax,
    'bites after its reset': injectedAfter > 0 || bittenAfter > 0,
  }
  return Object.entries(flaws).flatMap(([flaw, isSo]) => (isSo ? [flaw] : []))
}
