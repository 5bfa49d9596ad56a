import { mkdir } from 'node:fs/promises'
import { auditShop } from '../../../audit/audit.ts'
import { parseDesign } from '../../../server/designs/design.ts'
import { waitForQuiescence } from '../../run/quiescence.ts'
import { hasJMeter, runJMeter } from '../jmeter.ts'
import { type Audited, audited, type Outcome, type SourceTestBed } from '../measurement.ts'
import { type Advance, inTurns, recordOf } from '../turns.ts'
import { rateAndErrors, type Shape, shapes } from './s5-shapes.ts'

const threads = 50
const quiescenceMsMax = 60_000

/** The same crowd by JMeter, an independent client, over HTTP; no rows without JMeter. */
export async function withJMeter(testBed: SourceTestBed, advance: Advance): Promise<Outcome> {
  if (!hasJMeter()) {
    return { rows: [], audits: [], remarks: ['JMeter is not installed: left out (apt: jmeter).'] }
  }
  const failedPercent = recordOf(shapes, () => [] as number[])
  const audits: Audited[] = []
  const perSecond = await inTurns(
    shapes,
    testBed.quick ? 1 : 4,
    async (shape, round) => {
      const { samples, findings } = await oneRun(testBed, shape, round)
      failedPercent[shape].push((100 * samples.failed) / samples.samples)
      audits.push(audited(`transaction=${shape} under JMeter, round ${round + 1}`, findings))
      return samples.perSecond
    },
    advance,
  )
  const what = `JMeter, ${threads} threads, the crowd of the other drivers`
  const [rate, errors] = rateAndErrors(what, perSecond, failedPercent)
  const note = 'JMeter’s threads wait for their answers: of a slow shop they ask less.'
  return { rows: [rate, { ...errors, note }], audits, remarks: [] }
}

async function oneRun(testBed: SourceTestBed, shape: Shape, round: number) {
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
    const pending = await waitForQuiescence(arm.db, quiescenceMsMax)
    const findings = await auditShop(arm.db)
    return { samples, findings: [...pending, ...findings] }
  } finally {
    await arm.close()
  }
}
