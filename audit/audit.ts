import type { Checker, CheckResult, Evidence } from './checker.ts'
import { unknown } from './findings.ts'
import { checkers as registry } from './registry.ts'

export interface AuditOptions {
  checkers?: readonly Checker[]
  /** Longest time for one checker. */
  deadlineMs?: number
}

/** A hundred thousand orders take about five seconds altogether, on two cores. */
const defaultDeadlineMs = 20_000

/**
 * Runs every checker over the evidence, one after the other, in the order of the registry.
 * A checker that crashes or takes longer than 20 s is `unknown`, with the reason; never throws.
 */
export async function audit(
  evidence: Evidence,
  { checkers = registry, deadlineMs = defaultDeadlineMs }: AuditOptions = {},
): Promise<CheckResult[]> {
  const results: CheckResult[] = []
  for (const checker of checkers) results.push(await guarded(checker, evidence, deadlineMs))
  return results
}

async function guarded(
  { name, check }: Checker,
  evidence: Evidence,
  deadlineMs: number,
): Promise<CheckResult> {
  const { promise: late, resolve } = Promise.withResolvers<Omit<CheckResult, 'name'>>()
  const timer = setTimeout(() => resolve(unknown(`no answer in ${deadlineMs} ms`)), deadlineMs)
  try {
    return { name, ...(await Promise.race([check(evidence), late])) }
  } catch (error) {
    return { name, ...unknown(`crashed: ${error instanceof Error ? error.message : error}`) }
  } finally {
    clearTimeout(timer)
  }
}
