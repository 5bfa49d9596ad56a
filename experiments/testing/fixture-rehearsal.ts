import { type RehearsalReport, rehearsalReport } from '../rehearse/result.ts'
import type { Block, Plan } from '../run/result.ts'
import {
  FIXTURE_START_MS,
  fixtureBlock,
  fixtureEnvironment,
  fixturePlan,
} from './fixture-blocks.ts'

export const noContention = {
  deadlocks: 0,
  lockWaits: 0,
  lockTimeMs: 0,
  poolWaits: 0,
  poolTimeouts: 0,
}
export const idle = { generator: 20, server: 60, database: 40, machineBusyPercent: 70 }
const fourBlockPlan = fixturePlan({ blocks: 4 })

/** Names of arms in ABBA order. @param pairs even */
export const abba = (pairs: number): string[] =>
  Array.from({ length: pairs / 2 }, () => ['before', 'after', 'after', 'before']).flat()

/** ABBA: before breaks by deadlocks and is paid half as often, after is healthy. */
export function rehearsal(
  changes: { before?: Partial<Block>; after?: Partial<Block> } = {},
  arms = abba(4),
): Block[] {
  const broken = { contention: { ...noContention, deadlocks: 3 }, ...changes.before }
  return arms.map((arm, index) => {
    const block =
      arm === 'before'
        ? fixtureBlock({ index, arm, ...broken }, ['paid', 'failed'])
        : fixtureBlock({ index, arm, ...changes.after })
    return changes[arm as 'before' | 'after']?.history ? inItsTime(block) : block
  })
}

/** A history of the first block, moved to the time of its own. */
export function inItsTime(block: Block): Block {
  const ms = block.crowdStartMs - FIXTURE_START_MS
  const history = block.history.map((journey) => ({
    ...journey,
    startedMs: journey.startedMs + ms,
    endedMs: journey.endedMs + ms,
  }))
  return { ...block, history }
}

export function judged(blocks: Block[], changes: Partial<Plan> = {}): RehearsalReport {
  return rehearsalReport({ ...fourBlockPlan, ...changes }, blocks, fixtureEnvironment())
}

/** A history of paid journeys whose checkouts took so long. */
export function slowed(checkoutMs: number) {
  return fixtureBlock().history.map((journey) => ({ ...journey, checkoutMs }))
}
