import { mkdir } from 'node:fs/promises'
import { schemaUrl } from '../../../server/db/migrate.ts'
import { parseDesign } from '../../../server/designs/design.ts'
import { inTurns } from '../../measure/turns.ts'
import { waitForQuiescence } from '../../run/quiescence.ts'
import { auditShop } from '../audit-shop.ts'
import { hasJMeter, runJMeter, type Samples } from '../jmeter.ts'
import type { Outcome, ReproduceRig, Row } from '../reproduction.ts'

const shapes = ['one-big', 'split'] as const
type Shape = (typeof shapes)[number]
const threads = 50
const quietMsMax = 60_000

/** The same crowd by JMeter, a foreign client, over HTTP; nothing where there is no JMeter. */
export async function withJMeter(
  testBed: ReproduceRig,
  advance: (fraction: number) => void,
): Promise<Outcome> {
  if (!hasJMeter()) {
    return { rows: [], audits: [], seen: ['JMeter is not installed: left out (apt: jmeter).'] }
  }
  const seen: Record<Shape, Samples[]> = { 'one-big': [], split: [] }
  const audits: Outcome['audits'] = []
  const perSecond = await inTurns(
    shapes,
    testBed.quick ? 1 : 3,
    async (shape, round) => {
      const { samples, findings } = await oneRun(testBed, shape, round)
      seen[shape].push(samples)
      const design = `transaction=${shape} under JMeter, round ${round + 1}`
      audits.push({ design, findings, isKnownBad: false })
      return samples.perSecond
    },
    advance,
  )
  return { rows: rowsOf(perSecond, seen), audits, seen: [] }
}

async function oneRun(testBed: ReproduceRig, shape: Shape, round: number) {
  const { label } = parseDesign(`before,effects=outbox,ids=ticket-server,transaction=${shape}`)
  const name = `jmeter-${shape}-${round}`
  const arm = await testBed.openArm(testBed, { name: shape, design: label }, name)
  try {
    const folder = testBed.session.dataPath(`plan-${name}`)
    await mkdir(folder, { recursive: true })
    const samples = await runJMeter(testBed.session, folder, {
      port: Number(new URL(arm.api.url).port),
      threads,
      seconds: testBed.quick ? 4 : 10,
      seed: testBed.seed + round,
      users: arm.users,
      keyPrefix: name,
    })
    const unquiet = await waitForQuiescence(arm.db, quietMsMax)
    const findings = await auditShop(schemaUrl(testBed.databases.databaseUrl, arm.schema))
    return { samples, findings: [...unquiet, ...findings] }
  } finally {
    await arm.close()
  }
}

function rowsOf(perSecond: Record<Shape, number[]>, seen: Record<Shape, Samples[]>): Row[] {
  const designs = (ours: (shape: Shape) => number[], theirs: number | null) =>
    shapes.map((shape) => ({
      name: shape === 'one-big' ? 'one transaction' : 'one per item',
      option: `transaction=${shape}`,
      theirs: shape === 'split' ? theirs : null,
      ours: ours(shape),
    }))
  const failed = (shape: Shape) =>
    seen[shape].map(({ samples, failed }) => (100 * failed) / samples)
  const what = `JMeter, ${threads} threads, the crowd of the other drivers`
  return [
    {
      what: `${what}: rate`,
      unit: 'orders/s',
      better: 'higher',
      designs: designs((shape) => perSecond[shape], null),
    },
    {
      what: `${what}: errors`,
      unit: '% failed',
      better: 'lower',
      designs: designs(failed, 0),
      note: 'JMeter’s threads wait for their answers: of a slow shop they ask less.',
    },
  ]
}
