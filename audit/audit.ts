import type { Pool } from 'mysql2/promise'
import type { Checker, CheckResult, Evidence, Finding, Witness } from './checker.ts'
import { unknown } from './findings.ts'
import { checkers as registry } from './registry.ts'

export interface AuditOptions {
  checkers?: readonly Checker[]
  /** Longest time for one checker. */
  deadlineMs?: number
  /** False = the results leave `exercised` out, and half of the statements are not sent. */
  isExerciseCounted?: boolean
}

/** A hundred thousand orders take about five seconds altogether, on two cores. */
const defaultDeadlineMs = 20_000

/**
 * Runs every checker over the evidence, one after the other, in the order of the registry.
 * A checker that crashes or takes longer than 20 s is `unknown`, with the reason; never throws.
 */
export async function audit(
  evidence: Evidence,
  {
    checkers = registry,
    deadlineMs = defaultDeadlineMs,
    isExerciseCounted = true,
  }: AuditOptions = {},
): Promise<CheckResult[]> {
  const results: CheckResult[] = []
  const limits = { deadlineMs, isExerciseCounted }
  for (const checker of checkers) results.push(await guarded(checker, evidence, limits))
  return results
}

/**
 * Audits a shop of which there is the database and perhaps some of the other evidence: checkers
 * that need more are left out. Nothing may be under way.
 * @param all of which those are run that the evidence is enough for
 * @returns one line for each checker that is not true; empty = all is well
 */
export async function auditShop(
  db: Pool,
  witnesses: Partial<Pick<Evidence, Witness | 'couponAnswers'>> = {},
  all: readonly Checker[] = registry,
): Promise<string[]> {
  const checkers = all.filter(({ needs = [] }) => needs.every((need) => need in witnesses))
  const results = await audit(
    { db, ...absent, ...witnesses },
    { checkers, isExerciseCounted: false },
  )
  return results
    .filter(({ verdict }) => verdict !== 'true')
    .map(({ name, count, first, verdict }) => `${name}: ${count} × ${first ?? verdict}`)
}

const absent = {
  ...{ history: [], started: 0, keyPrefix: '', asked: nothingAsked },
  ...{ bank: [], bankChanges: [], deliveries: [], activeFaults: [], pendingWork: [] },
}

function nothingAsked(): never {
  throw new Error('there is no crowd in the evidence')
}

async function guarded(
  { name, check, exercise }: Checker,
  evidence: Evidence,
  { deadlineMs, isExerciseCounted }: Required<Omit<AuditOptions, 'checkers'>>,
): Promise<CheckResult> {
  const { promise: late, resolve } = Promise.withResolvers<Finding>()
  const timer = setTimeout(() => resolve(unknown(`no answer in ${deadlineMs} ms`)), deadlineMs)
  try {
    const exercised = isExerciseCounted ? exercise.count(evidence) : undefined
    // Awaited only when the check has an answer, which may be that there is none.
    exercised?.catch(() => {})
    const finding = await Promise.race([check(evidence), late])
    if (finding.verdict === 'unknown' || !exercised) return { name, ...finding }
    return { name, ...finding, exercised: await exercised }
  } catch (error) {
    return { name, ...unknown(`crashed: ${error instanceof Error ? error.message : error}`) }
  } finally {
    clearTimeout(timer)
  }
}
