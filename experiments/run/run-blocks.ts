import { runStep } from '../../lab/progress.ts'
import { type BlockTestBed, runBlock } from './block.ts'
import type { Turn } from './plan.ts'
import type { Block, Plan } from './result.ts'

/** A block to run: its turn, and the plan that it belongs to. */
export interface Work {
  plan: Plan
  turn: Turn
}

/** Runs blocks one after the other and says a line of each; the answer has the same order. */
export async function runBlocks(testBed: BlockTestBed, work: readonly Work[]): Promise<Block[]> {
  const blocks: Block[] = []
  await runStep('rehearsing', async (progress) => {
    for (const [index, { plan, turn }] of work.entries()) {
      progress.update(index / work.length, `block ${index + 1} of ${work.length}`)
      const block = await runBlock(testBed, plan, turn)
      blocks.push(block)
      say(lineOf(block, plan, work.length))
    }
  })
  return blocks
}

/** `block 3 of 12 · before: 212 of 730 paid · 41 deadlocks · audit green` */
function lineOf(block: Block, { stock }: Plan, count: number): string {
  const paid = block.history.filter(({ outcome }) => outcome === 'paid').length
  const bad = block.checks.filter(({ verdict }) => verdict !== 'true').map(({ name }) => name)
  return [
    `block ${block.index + 1} of ${count}`,
    ...(stock ? [`${stock} stock`] : []),
    `${block.arm}: ${paid} of ${block.planned} paid`,
    `${block.contention.deadlocks} deadlocks`,
    bad.length === 0 ? 'audit green' : `audit: ${bad.join(', ')}`,
  ].join(' · ')
}

/** Prints a line of progress. */
export const say = (line: string) => void process.stderr.write(`${line}\n`)
