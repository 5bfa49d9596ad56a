import type { CheckResult, Verdict } from '../../audit/checker.ts'
import type { JourneyRecord } from '../../loadtests/crowd/history.ts'
import type { ArmReport, Block, Latency } from '../run/result.ts'
import { percentileSorted } from './statistics.ts'
import { isServed, timesOf } from './times.ts'

/** Fewer samples than this and a p99 is an anecdote: it then rests on fewer than ten journeys. */
export const P99_SAMPLES_MIN = 1000

/** Longest time from arrival to payment that counts as goodput. */
export const patienceMs = 10_000

/**
 * One arm's blocks as one line of the report. Offered is what the schedule wanted; a journey that
 * started and left no history line counts as unknown, a dropped one as not served.
 *
 * @throws RangeError without blocks.
 */
export function armReport(design: string, blocks: readonly Block[]): ArmReport {
  if (blocks.length === 0) throw new RangeError(`no block of the arm with design ${design}`)
  const offered = sum(blocks, (block) => block.planned)
  const outcomes = outcomesOf(blocks)
  return {
    design,
    offered,
    started: sum(blocks, (block) => block.started),
    dropped: sum(blocks, (block) => block.dropped),
    goodputPerSecond: goodputPerSecondOf(blocks),
    outcomes,
    servedPercent: servedPercentOf(blocks),
    latencyMs: latencyOf(blocks),
    checkoutMs: timesOf(blocks, 'checkout'),
    sojournMs: timesOf(blocks, 'sojourn'),
    attemptsPerIntent: attemptsPerIntentOf(blocks),
    deadlocks: sum(blocks, (block) => block.contention.deadlocks),
    lockWaits: sum(blocks, (block) => block.contention.lockWaits),
    poolWaits: sum(blocks, (block) => block.contention.poolWaits),
    quietAfterMs: slowestQuietMs(blocks),
    workLeft: mostWorkLeft(blocks),
    checkers: mergeChecks(blocks),
  }
}

/** Blocks of one arm in the order in which they ran. */
export function blocksOf(arm: string, blocks: readonly Block[]): Block[] {
  return blocks
    .filter((block) => block.arm === arm)
    .sort((a, b) => a.crowdStartMs - b.crowdStartMs || a.index - b.index)
}

/** Share of all that were to come which was answered rightly, 0..100. */
export function servedPercentOf(blocks: readonly Block[]): number {
  const offered = sum(blocks, ({ planned }) => planned)
  const served = sum(blocks, ({ history }) => history.filter(isServed).length)
  return offered === 0 ? 0 : (100 * served) / offered
}

/** Length of the crowd over these blocks, in seconds. */
export function crowdSecondsOf(blocks: readonly Block[]): number {
  return sum(blocks, (block) => block.crowdEndMs - block.crowdStartMs) / 1000
}

/**
 * Journeys that arrived while the crowd was at its peak and were paid within `patienceMs`, per
 * second of that peak: neither the edge of a short crowd nor a backlog that is worked off later
 * counts. Whether they were paid *rightly* the checkers say, and a red arm makes no claim.
 */
export function goodputPerSecondOf(blocks: readonly Block[]): number {
  const seconds = sum(blocks, (block) => peakOf(block).endMs - peakOf(block).startMs) / 1000
  const paid = sum(blocks, (block) => {
    const { startMs, endMs } = peakOf(block)
    return block.history.filter(
      ({ outcome, startedMs, endedMs }) =>
        outcome === 'paid' &&
        startedMs >= startMs &&
        startedMs < endMs &&
        endedMs - startedMs <= patienceMs,
    ).length
  })
  return seconds === 0 ? 0 : paid / seconds
}

const peakOf = ({ plateau, crowdStartMs, crowdEndMs }: Block) =>
  plateau ?? { startMs: crowdStartMs, endMs: crowdEndMs }

/** Checkout time of served journeys, in milliseconds; null when none reached a checkout. */
export function latencyOf(blocks: readonly Block[]): Latency | null {
  const sorted = blocks
    .flatMap((block) => block.history.flatMap((journey) => servedCheckoutMs(journey) ?? []))
    .sort((a, b) => a - b)
  const max = sorted.at(-1)
  if (max === undefined) return null
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => percentileSorted(sorted, share))
  return { p50: p50 ?? max, p95: p95 ?? max, p99: p99 ?? max, max, samples: sorted.length }
}

/** Checkout time of a journey that was answered rightly, else null: fast failures must not help. */
export function servedCheckoutMs(journey: JourneyRecord): number | null {
  return isServed(journey) ? journey.checkoutMs : null
}

/**
 * Checks of several blocks as one list: false beats unknown beats true, counts add up. A checker
 * that is missing from a block did not establish anything there: unknown.
 */
export function mergeChecks(blocks: readonly Block[]): CheckResult[] {
  const names = new Set(blocks.flatMap((block) => block.checks.map((check) => check.name)))
  return [...names].map((name) => {
    const results = blocks.map((block): CheckResult => {
      const found = block.checks.find((check) => check.name === name)
      const missing = 'the checker did not run on this block'
      const result = found ?? { name, verdict: 'unknown', count: 0, first: missing }
      return result.first === undefined
        ? result
        : { ...result, first: `block ${block.index + 1}: ${result.first}` }
    })
    const verdict = worstOf(results.map((result) => result.verdict))
    const count = sum(results, (result) => result.count)
    const first = results.find((result) => result.verdict === verdict && result.first)?.first
    const exercised = results.flatMap((result) => result.exercised ?? [])
    return {
      ...{ name, verdict, count },
      ...(first === undefined ? {} : { first }),
      ...(exercised.length === 0 ? {} : { exercised: sum(exercised, (times) => times) }),
    }
  })
}

/** False beats unknown beats true; nothing at all is unknown. */
export function worstOf(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('false')) return 'false'
  return verdicts.length === 0 || verdicts.includes('unknown') ? 'unknown' : 'true'
}

function outcomesOf(blocks: readonly Block[]): ArmReport['outcomes'] {
  const outcomes = { paid: 0, soldOut: 0, left: 0, refusedWrongly: 0, failed: 0, unknown: 0 }
  for (const block of blocks) {
    for (const { outcome, refusedWrongly } of block.history) {
      outcomes[refusedWrongly ? 'refusedWrongly' : outcome]++
    }
    outcomes.unknown += Math.max(0, block.started - block.history.length)
  }
  return outcomes
}

function attemptsPerIntentOf(blocks: readonly Block[]): number {
  const journeys = blocks.flatMap((block) => block.history)
  const intents = sum(journeys, (journey) => journey.intents)
  return intents === 0 ? 0 : sum(journeys, (journey) => journey.attempts) / intents
}

function mostWorkLeft(blocks: readonly Block[]): string[] {
  const [most = []] = blocks
    .map(({ workLeft = [] }) => workLeft)
    .sort((a, b) => countOf(b) - countOf(a))
  return most
}

const countOf = (work: readonly string[]) => sum(work, (text) => Number.parseInt(text, 10) || 0)

function slowestQuietMs(blocks: readonly Block[]): number | null {
  const times = blocks.map((block) => block.quietAfterMs)
  return times.includes(null) ? null : Math.max(...times.map(Number))
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0)
}
