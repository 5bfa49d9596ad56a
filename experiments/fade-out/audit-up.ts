import { auditShop } from '../../audit/audit.ts'
import { openReader } from '../../audit/reader.ts'
import { type Audited, audited } from '../measurements/measurement.ts'
import { waitForQuiescence } from '../run/quiescence.ts'
import type { Running } from './running.ts'

const quiescenceMsMax = 30_000

/**
 * Audits the database of the arm once nothing is under way.
 * @returns undefined where something was still under way: there may be customers of its own
 */
export async function auditUp({ options, up }: Running): Promise<Audited | undefined> {
  const { database, design } = up.arms[options.arm]
  const reader = openReader(database)
  try {
    const open = await waitForQuiescence(reader, quiescenceMsMax)
    if (open.length > 0) return undefined
    return audited(options.arm, await auditShop(reader), [design])
  } finally {
    await reader.end()
  }
}
