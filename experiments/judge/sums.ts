import type { CheckResult } from '../../audit/checker.ts'
import type { ArmReport, Block, Plan } from '../run/result.ts'
import { blocksOf } from './summarize.ts'

const NAME = 'the report adds up'

/** What a report states about each arm, before its own sums are checked. */
interface Stated {
  plan: Plan
  arms: Record<string, ArmReport>
}

/**
 * Recounts the report from the raw blocks by another way than the one that made it: offered =
 * started + dropped, started = outcomes, each journey once, every block counted in just one arm.
 */
export function sumsAddUp(report: Stated, blocks: readonly Block[]): CheckResult {
  const stray = blocks.filter((block) => !Object.hasOwn(report.arms, block.arm))
  const wrong = [
    ...stray.map((block) => `block ${block.index + 1} belongs to no reported arm: ${block.arm}`),
    ...blocks.flatMap(wrongInBlock),
    ...Object.entries(report.arms).flatMap(([name, arm]) =>
      wrongInArm(name, arm, blocksOf(name, blocks)),
    ),
  ]
  const [first] = wrong
  if (first !== undefined) return { name: NAME, verdict: 'false', count: wrong.length, first }
  if (blocks.length === 0) {
    return { name: NAME, verdict: 'unknown', count: 0, first: 'there is no block to add up' }
  }
  return { name: NAME, verdict: 'true', count: 0 }
}

function wrongInBlock(block: Block): string[] {
  const where = `block ${block.index + 1} (${block.arm})`
  const { planned, started, dropped, history } = block
  const seen = new Set(history.map((journey) => journey.index))
  const backwards = history.filter((journey) => journey.endedMs < journey.startedMs)
  return [
    planned === started + dropped
      ? ''
      : `${where}: ${planned} planned, but ${started} started + ${dropped} dropped`,
    history.length <= started
      ? ''
      : `${where}: ${history.length} journeys in the history, only ${started} started`,
    seen.size === history.length
      ? ''
      : `${where}: ${history.length - seen.size} journeys are in the history twice`,
    backwards.length === 0 ? '' : `${where}: ${backwards.length} journeys end before they start`,
    block.crowdEndMs > block.crowdStartMs ? '' : `${where}: the crowd ends before it starts`,
  ].filter((text) => text !== '')
}

function wrongInArm(name: string, arm: ArmReport, blocks: readonly Block[]): string[] {
  const { paid, soldOut, left, refusedWrongly, failed, unknown } = arm.outcomes
  const recount = {
    ...{ planned: 0, started: 0, dropped: 0 },
    ...{ lines: 0, paid: 0, failed: 0, right: 0, refused: 0 },
  }
  for (const block of blocks) {
    recount.planned += block.planned
    recount.started += block.started
    recount.dropped += block.dropped
    for (const { outcome, refusedWrongly } of block.history) {
      recount.lines += 1
      if (refusedWrongly) recount.refused += 1
      else if (outcome === 'paid') recount.paid += 1
      else if (outcome === 'failed') recount.failed += 1
      else if (outcome === 'soldOut' || outcome === 'left') recount.right += 1
    }
  }
  const withoutLine = recount.started - recount.lines
  const settled = recount.paid + recount.failed + recount.right + recount.refused
  const inAll = paid + soldOut + left + refusedWrongly + failed + unknown
  const pairs: [string, number, number][] = [
    ['offered', arm.offered, recount.planned],
    ['started', arm.started, recount.started],
    ['dropped', arm.dropped, recount.dropped],
    ['outcomes together', inAll, recount.started],
    ['paid', paid, recount.paid],
    ['sold out and left', soldOut + left, recount.right],
    ['refused wrongly', refusedWrongly, recount.refused],
    ['failed', failed, recount.failed],
    ['unknown', unknown, recount.lines - settled + withoutLine],
    ['deadlocks', arm.deadlocks, blocks.reduce((n, b) => n + b.contention.deadlocks, 0)],
  ]
  return pairs
    .filter(([, stated, counted]) => stated !== counted)
    .map(([what, stated, counted]) => `${name}: ${what} says ${stated}, recount ${counted}`)
}
