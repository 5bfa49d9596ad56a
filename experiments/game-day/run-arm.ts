import { armReport } from '../judge/summarize.ts'
import { type BlockTestBed, runBlock } from '../run/block.ts'
import type { Turn } from '../run/plan.ts'
import type { Plan } from '../run/result.ts'
import { say } from '../run/run-blocks.ts'
import { ArmFollower } from './follow.ts'
import type { Checklist } from './human-steps.ts'
import type { ArmDay } from './judge.ts'
import type { GameDay } from './schema.ts'

/** What the arms of a game day share. */
export interface Running {
  testBed: BlockTestBed
  day: GameDay
  plan: Plan
  checklist: Checklist | null
}

/** Runs an arm from an empty schema to the audit, and follows it while its crowd comes. */
export async function runArm(
  { testBed, day, plan, checklist }: Running,
  turn: Turn,
): Promise<ArmDay> {
  const { name, design } = turn.arm
  say(`${name} is started and warmed up`)
  const stop = new AbortController()
  const follower = new ArmFollower({ day, plan, arm: name, checklist, stop, say })
  const block = await runBlock(testBed, plan, turn, {
    signal: stop.signal,
    onCrowd: (crowd) => follower.begin(crowd),
    onCrowdOver: () => follower.end(),
  }).finally(() => follower.end())
  const { followed } = follower
  for (const event of followed.events) {
    const own =
      event.kind === 'fault-over' && block.faults.find((one) => one.name === event.subject)
    if (own) event.amount = own.injected
  }
  const bad = block.checks.filter(({ verdict }) => verdict !== 'true').map((check) => check.name)
  say(`  ${name}: audit ${bad.length === 0 ? 'green' : bad.join(', ')}`)
  return { name, design, block, report: armReport(design, [block]), followed }
}
