import type { Checker, Evidence } from '../../audit/checker.ts'
import { balances } from '../../audit/checkers/balances.ts'
import { orderTotals } from '../../audit/checkers/order-totals.ts'
import { sagasSettled } from '../../audit/checkers/sagas-settled.ts'
import { stockConserved } from '../../audit/checkers/stock-conserved.ts'
import { openReader } from '../../audit/reader.ts'

/** The checkers that need no history of clients and no bank: a shop in process has neither. */
const asked: readonly Checker[] = [stockConserved, orderTotals, balances, sagasSettled]

/**
 * Looks whether stock, totals, balances and sagas of a schema agree.
 * @param url of the schema, on which nothing is under way
 * @returns what does not agree, a line each; a check that could not be made counts
 */
export async function auditShop(url: string): Promise<string[]> {
  const db = openReader(url)
  const evidence: Evidence = {
    db,
    history: [],
    started: 0,
    keyPrefix: '',
    bank: [],
    deliveries: [],
    activeFaults: [],
    pendingWork: [],
  }
  try {
    const results = await Promise.all(asked.map((checker) => checker.check(evidence)))
    return results.flatMap(({ verdict, count, first }, index) =>
      verdict === 'true' ? [] : [`${asked[index]?.name}: ${count} × ${first ?? verdict}`],
    )
  } finally {
    await db.end()
  }
}
