import { median } from 'simple-statistics'
import type { JourneyRecord } from '../../loadtests/crowd/history.ts'
import { scenarios } from '../../loadtests/crowd/profiles.ts'
import { dueMsOf, turnsOf } from '../run/plan.ts'
import type { Block, Plan } from '../run/result.ts'
import { percent } from './format.ts'
import { patienceMs } from './summarize.ts'
import { isServed } from './times.ts'

/** Recovered: of those who come within five seconds, 95 % of the share that was served before. */
const shareBack = 0.95
export const stretchMs = 5000
/** From one stretch that is looked at to the next. */
const stepMs = 250
/** Fewer customers, or a smaller share of them, do not show what the design served before. */
const customersMin = 50
const servedPercentMin = 90

/** What the faults did to one block, and whether the design got over them. */
export interface BlockRecovery {
  /** Shares of those who came that were served, 0..100: before the first fault, and during. */
  beforePercent: number
  duringPercent: number
  /** Requests for each thing wanted, by those who came then. */
  attemptsBefore: number
  attemptsDuring: number
  /** From the end of the last fault until it served as before; null = it did not while watched. */
  recoveredAfterMs: number | null
  /** From the end of the last fault to the last stretch that was looked at. */
  watchedMs: number
}

/** The same of an arm: medians over its blocks. */
export interface Recovery extends Omit<BlockRecovery, 'recoveredAfterMs'> {
  /** Blocks that can say, and those of them that recovered. */
  blocks: number
  recovered: number
  /** Of those that recovered; null = none did. */
  recoveredAfterMs: { median: number; longest: number } | null
}

/**
 * Whether a design served its customers as before once the faults were over (metastable failures:
 * Bronson et al., HotOS 2021; Huang et al., OSDI 2022). A customer counts in the moment in which
 * they came, and as served where they were answered rightly within the usual patience.
 * @returns why the block cannot say, where it cannot
 */
export function blockRecovery(plan: Plan, block: Block): BlockRecovery | string {
  const starts = block.faults.map(({ startMs }) => startMs)
  const [firstMs, overMs] = [Math.min(...starts), Math.max(...block.faults.map((f) => f.endMs))]
  if (starts.length === 0) return 'no fault was on'
  const came = cameMsOf(plan, block)
  const inTime = block.history.filter(
    (journey) => isServed(journey) && journey.endedMs - journey.startedMs <= patienceMs,
  )
  const servedMs = inTime.map(({ startedMs }) => startedMs)
  const percentIn = (fromMs: number, toMs: number) =>
    (100 * countIn(servedMs, fromMs, toMs)) / countIn(came, fromMs, toMs)
  const beforePercent = percentIn(block.crowdStartMs, firstMs)
  if (countIn(came, block.crowdStartMs, firstMs) < customersMin) {
    return `fewer than ${customersMin} customers came before the fault`
  }
  if (beforePercent < servedPercentMin) {
    return `only ${percent(beforePercent)} were served before the fault`
  }
  const watchedMs = block.crowdEndMs - overMs - stretchMs
  if (watchedMs < 0) return `customers came for less than ${stretchMs / 1000} s after the fault`
  const steps = Array.from({ length: Math.floor(watchedMs / stepMs) + 1 }, (_, at) => at * stepMs)
  const isBack = (afterMs: number) =>
    percentIn(overMs + afterMs, overMs + afterMs + stretchMs) >= shareBack * beforePercent
  return {
    beforePercent,
    duringPercent: percentIn(firstMs, overMs),
    attemptsBefore: attemptsIn(block.history, block.crowdStartMs, firstMs),
    attemptsDuring: attemptsIn(block.history, firstMs, overMs),
    recoveredAfterMs: steps.find(isBack) ?? null,
    watchedMs,
  }
}

/** @returns of an arm whose blocks cannot say, why not, a reason once */
export function armRecovery(plan: Plan, blocks: readonly Block[]): Recovery | string {
  const all = blocks.map((block) => blockRecovery(plan, block))
  const found = all.filter((one) => typeof one !== 'string')
  if (found.length === 0) return [...new Set(all)].join('; ')
  const times = found.flatMap(({ recoveredAfterMs }) => recoveredAfterMs ?? [])
  const middle = (of: (one: BlockRecovery) => number) => median(found.map(of))
  return {
    blocks: found.length,
    recovered: times.length,
    recoveredAfterMs:
      times.length === 0 ? null : { median: median(times), longest: Math.max(...times) },
    beforePercent: middle(({ beforePercent }) => beforePercent),
    duringPercent: middle(({ duringPercent }) => duringPercent),
    attemptsBefore: middle(({ attemptsBefore }) => attemptsBefore),
    attemptsDuring: middle(({ attemptsDuring }) => attemptsDuring),
    watchedMs: Math.min(...found.map(({ watchedMs }) => watchedMs)),
  }
}

/** Epoch ms at which customers were due, those who were never sent included. */
function cameMsOf(plan: Plan, { history, index, crowdStartMs }: Block): number[] {
  // Of a scenario that this version does not know, only those who were sent.
  if (!Object.hasOwn(scenarios, plan.scenario)) return history.map(({ startedMs }) => startedMs)
  return dueMsOf(plan, turnsOf(plan)[index]?.pair ?? 0, crowdStartMs)
}

const countIn = (momentsMs: readonly number[], fromMs: number, toMs: number): number =>
  momentsMs.filter((ms) => ms >= fromMs && ms < toMs).length

function attemptsIn(history: readonly JourneyRecord[], fromMs: number, toMs: number): number {
  const own = history.filter(({ startedMs }) => startedMs >= fromMs && startedMs < toMs)
  const sum = (of: 'attempts' | 'intents') => own.reduce((total, one) => total + one[of], 0)
  return sum('intents') === 0 ? 0 : sum('attempts') / sum('intents')
}
