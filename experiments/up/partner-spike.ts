import { openReader } from '../../audit/reader.ts'
import { openSession, type Session } from '../../lab/processes/session.ts'
import { resolveK6 } from '../../lab/tools/k6.ts'
import { exitCodes } from '../../lab/user-error.ts'
import { type PartnersSettings, partnerRush } from '../../loadtests/crowd/partners.ts'
import { readGatewayCounts } from '../run/gateway-counts.ts'
import { auditPartners } from '../run/partner-audit.ts'
import type { Driver } from '../run/result.ts'
import { sendPartnersBy } from '../run/send-partners.ts'
import { sendNote } from '../watch/crowd-notes.ts'
import { partnersText } from './partner-text.ts'
import { type ArmName, noted, notesOf, runNamed } from './spike.ts'
import { requireUp, type Up } from './up-file.ts'

/** What `./stampede spike --scenario partner-rush` was asked for. */
export interface PartnerSpikeOptions {
  arms: ArmName[]
  /** A partner gives up then; the scenario’s own time if undefined. */
  durationSeconds: number | undefined
  seed: number
  driver: Driver | undefined
  sideBySide: boolean
}

interface PartnerSpike {
  session: Session
  up: Up
  run: string
  k6Path: string | undefined
  settings: Omit<PartnersSettings, 'target' | 'requestIds'>
}

/**
 * Lets partners rush the coupon gateways of the running environment, prints how they fared, and
 * compares what they were answered with what was issued.
 * @returns the exit code: broken where these differ
 * @throws UserError if no environment is running
 */
export async function spikePartners(options: PartnerSpikeOptions): Promise<number> {
  const up = await requireUp()
  const session = await openSession()
  try {
    const { driver, seed, durationSeconds = partnerRush.durationSeconds } = options
    const { k6, reason } = await resolveK6(session, { driver, quick: true, install: false })
    if (reason !== null) console.error(`driver: the embedded simulator, since ${reason}`)
    const { partners, wanted, quantity, backoff, patienceMs } = partnerRush
    const policy = { backoff, timeoutMs: patienceMs }
    const settings = { partners, wanted, quantity, policy, product: '1', durationSeconds, seed }
    const spike: PartnerSpike = { session, up, run: runNamed(), k6Path: k6?.path, settings }
    console.error(
      `${spike.run}: ${partners} partners, each with three requests at once, until each has ` +
        `${wanted} coupons, or for ${durationSeconds} s`,
    )
    const scenario = partnerRush.name
    const by: Driver = k6 ? 'k6' : 'simulator'
    await sendNote(notesOf(up), { kind: 'run', run: spike.run, scenario, driver: by, seed })
    const send = (arm: ArmName, block: number) => sendTo(spike, arm, block)
    const sound = options.sideBySide
      ? await Promise.all(options.arms.map(send))
      : await inTurn(options.arms, send)
    return sound.every(Boolean) ? exitCodes.asExpected : exitCodes.broken
  } finally {
    await session.close()
  }
}

async function inTurn<Of, Result>(all: Of[], send: (one: Of, index: number) => Promise<Result>) {
  const results: Result[] = []
  for (const [index, one] of all.entries()) results.push(await send(one, index))
  return results
}

/** @returns whether the audit found nothing */
async function sendTo(spike: PartnerSpike, arm: ArmName, block: number): Promise<boolean> {
  const { session, up, run, k6Path, settings } = spike
  const { couponGateway: target, database } = up.arms[arm]
  const before = await readGatewayCounts(target)
  const startedMs = performance.now()
  const records = await noted(up, { run, block, arm }, settings.durationSeconds, () =>
    sendPartnersBy(session, k6Path, `partners-${arm}`, { ...settings, target, requestIds: run }),
  )
  const seconds = (performance.now() - startedMs) / 1000
  const after = await readGatewayCounts(target)
  const reader = openReader(database)
  try {
    const findings = await auditPartners(reader, records)
    const counts = {
      requests: after.requests - before.requests,
      tries: after.tries - before.tries,
    }
    console.log(partnersText(arm, { records, seconds, counts, findings, settings }))
    return findings.length === 0
  } finally {
    await reader.end()
  }
}
