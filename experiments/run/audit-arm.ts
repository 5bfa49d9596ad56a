import { audit } from '../../audit/audit.ts'
import type {
  BankChange,
  BankCharge,
  CheckResult,
  Delivery,
  Evidence,
  Witness,
} from '../../audit/checker.ts'
import { parseDesign } from '../../server/designs/design.ts'
import type { RunningArm } from './arm.ts'
import { listFaults } from './fault-timeline.ts'
import type { TestBed } from './test-bed.ts'

const answerMsMax = 10_000

type AuditedCrowd = Omit<Evidence, 'db' | Exclude<Witness, 'history'>>

/**
 * Reads what an audit needs from an arm that has come to rest (database, bank, partners, chaos
 * board) and runs every checker over it.
 * @param pending work that was still open when the wait ended
 */
export async function auditArm(
  { chaosToken }: Pick<TestBed, 'chaosToken'>,
  arm: RunningArm,
  crowd: AuditedCrowd,
  pending: string[],
): Promise<CheckResult[]> {
  const chaos = { url: arm.api.url, token: chaosToken }
  const [faults, bank, partners] = await Promise.all([
    listFaults(chaos),
    getJson<{ charges: BankCharge[]; changes: BankChange[] }>(`${arm.bank.url}/v1/ledger`),
    getJson<{ deliveries: Delivery[] }>(`${arm.bank.url}/partners/ledger`),
  ])
  return await audit({
    ...crowd,
    db: arm.db,
    idsInOrder: parseDesign(arm.spec.design).idsInOrder,
    stalenessMs: parseDesign(arm.spec.design).stalenessMs,
    bank: bank.charges,
    bankChanges: bank.changes,
    deliveries: partners.deliveries,
    activeFaults: faults.filter(({ active }) => active).map(({ name }) => name),
    pendingWork: pending,
  })
}

async function getJson<Body>(url: string): Promise<Body> {
  const response = await fetch(url, { signal: AbortSignal.timeout(answerMsMax) })
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
  return (await response.json()) as Body
}
