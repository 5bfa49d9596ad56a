import { expect, test } from 'bun:test'
import { scratchSession } from '../../lab/testing/scratch.ts'
import { openArm } from '../run/arm.ts'
import { turnsOf } from '../run/plan.ts'
import { anyFault } from '../testing/any-fault.ts'
import { hasServers, testBedFor } from '../testing/test-bed.ts'
import type { Checklist } from './human-steps.ts'
import type { ArmDay } from './judge.ts'
import { planOf } from './plan.ts'
import { parseGameDay } from './read-file.ts'
import { runArm } from './run-arm.ts'

if (!hasServers) console.log('skipped: a game day of one arm (no TEST_DATABASE_URL)')

const testMsMax = 120_000
const { session } = await scratchSession()

const head = (seconds: number) => `title: Tiny
goal: To see it work
rate: 4
duration: ${seconds}s
arms: [{ name: after, design: after }]
expectations: [{ title: Right data, condition: audit clean }]
`

async function armOf(file: string, checklist: Checklist | null): Promise<ArmDay> {
  const day = parseGameDay(file, 'tiny.yaml', anyFault)
  const plan = planOf(day, 'simulator')
  const testBed = { ...testBedFor(session, 'gameday'), k6Path: undefined, openArm }
  const [turn] = turnsOf(plan)
  if (!turn) throw new Error('a plan without a turn')
  return await runArm({ testBed, day, plan, checklist }, turn)
}

test.skipIf(!hasServers)(
  'the timeline is played, and a step is ticked off',
  async () => {
    const steps = `steps:
  - at: 1s
    crowd: { rate: 8, within: 1s }
  - at: 2s
    fault: { name: bank, for: 2s, settings: { latencyMs: 50 } }
  - at: 2s
    human: Look
`
    const asked: string[] = []
    const { followed, block } = await armOf(head(5) + steps, {
      async ask(text) {
        asked.push(text)
        return 1.5
      },
    })
    expect(asked).toEqual(['Look'])
    expect(followed.humanSteps).toMatchObject([{ tookSeconds: 1.5, end: 'done' }])
    const kinds = followed.events.map(({ kind }) => kind)
    expect(kinds).toEqual(expect.arrayContaining(['crowd', 'fault-on', 'fault-over', 'human']))
    const over = followed.events.find(({ kind }) => kind === 'fault-over')
    expect(over?.amount).toBe(block.faults[0]?.injected ?? -1)
    expect(block.faults[0]?.injected).toBeGreaterThan(0)
    // 4/s for a second, 6 while the rate doubles, and 8/s for three seconds.
    expect(block.planned).toBe(34)
    expect(block.checks.filter(({ verdict }) => verdict !== 'true')).toEqual([])
  },
  testMsMax,
)

test.skipIf(!hasServers)(
  'a stop condition ends faults and crowd',
  async () => {
    const steps = `steps:
  - at: 1s
    fault: { name: read-only, for: 59s }
stop-when: [{ condition: served < 50%, over: 2s }]
`
    const { followed, block } = await armOf(head(60) + steps, null)
    expect(followed.stopped?.condition).toBe('served < 50%')
    expect(followed.stopped?.faultsOffMs).not.toBeNull()
    expect(block.started).toBeLessThan(block.planned)
    expect(block.checks.find(({ name }) => name === 'chaos-off')?.verdict).toBe('true')
    const [fault] = block.faults
    expect(fault && fault.endMs - fault.startMs).toBeLessThan(59_000)
  },
  testMsMax,
)
