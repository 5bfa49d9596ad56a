import type { Pool } from 'mysql2/promise'
import type { Finding } from './checker.ts'
import { select } from './select.ts'

/** False with the count and the first when there are violations, in words; else true. */
export function judged(violations: readonly string[]): Finding {
  const [first] = violations
  if (first === undefined) return { verdict: 'true', count: 0 }
  return { verdict: 'false', count: violations.length, first }
}

/** The invariant could not be established, and why. */
export const unknown = (why: string): Finding => ({ verdict: 'unknown', count: 0, first: why })

/** One verdict out of several: false before unknown before true; counts of the false add up. */
export function merged(findings: readonly Finding[]): Finding {
  const broken = findings.filter(({ verdict }) => verdict === 'false')
  const [first] = broken
  if (!first) {
    return findings.find(({ verdict }) => verdict === 'unknown') ?? { verdict: 'true', count: 0 }
  }
  return { ...first, count: broken.reduce((sum, { count }) => sum + count, 0) }
}

/**
 * Runs statements whose every row is one violation: a single text column named `violation`.
 * The server counts them, so that a broken run sends one row and not a hundred thousand.
 */
export async function violationsIn(db: Pool, statements: readonly string[]): Promise<Finding> {
  return merged(await Promise.all(statements.map((statement) => violationsOf(db, statement))))
}

async function violationsOf(db: Pool, statement: string): Promise<Finding> {
  const [row] = await select(
    db,
    `select count(*) as found, min(violation) as example from (${statement}) as violations`,
  )
  const count = Number(row?.found)
  if (count === 0) return { verdict: 'true', count }
  return { verdict: 'false', count, first: String(row?.example) }
}

/** Whether a table has any row at all: an invariant over nothing was not established. */
export async function isEmpty(db: Pool, table: 'users' | 'product_options'): Promise<boolean> {
  return (await select(db, `select 1 from ${table} limit 1`)).length === 0
}
