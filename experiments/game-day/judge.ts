import { auditOf, brokenIn, knownBadOf } from '../judge/audit.ts'
import { worstVerdict } from '../judge/exit-code.ts'
import { blockRecovery } from '../judge/recovery.ts'
import { dueMsOf } from '../run/plan.ts'
import type { ArmReport, Block, Plan, RunVerdict } from '../run/result.ts'
import type { Deadline, Limit } from './condition.ts'
import { type Customers, judgeLimit } from './measure.ts'
import type { ArmFollowed, Finding, Judged, Outcome } from './result.ts'
import type { ExpectationEntry, GameDay } from './schema.ts'

/** An arm of a game day, once it is over. */
export interface ArmDay {
  name: string
  design: string
  block: Block
  report: ArmReport
  followed: ArmFollowed
}

/** Each arm of a game day runs once. */
export const onlyPair = 0

/** Arrivals that a generator could not send, at most: more would be another crowd. */
const droppedPercentMax = 1

/** Every expectation in every arm that it names. No data, or no recovery, never holds. */
export function judgeExpectations(day: GameDay, plan: Plan, arms: readonly ArmDay[]): Judged[] {
  return day.expectations.map((entry) => ({
    title: entry.title,
    ...(entry.ko === undefined ? {} : { ko: entry.ko }),
    condition: entry.condition.text,
    fromSeconds: entry.from ?? 0,
    toSeconds: entry.to ?? day.duration,
    outcomes: arms.map((arm) => ({
      arm: arm.name,
      wanted: wantedOf(entry, arm.name),
      ...outcomeOf(entry, day, plan, arm),
    })),
  }))
}

const wantedOf = (entry: ExpectationEntry, arm: string): Outcome['wanted'] => {
  if (entry['holds-for'].includes(arm)) return 'holds'
  return entry['breaks-for'].includes(arm) ? 'breaks' : 'either'
}

type Measured = Omit<Outcome, 'arm' | 'wanted'>

function outcomeOf(entry: ExpectationEntry, day: GameDay, plan: Plan, arm: ArmDay): Measured {
  const { condition } = entry
  if (condition.kind === 'audit-clean') return auditOutcome(arm)
  if (condition.kind === 'limit') return limitOutcome(entry, condition, day, plan, arm)
  return deadlineOutcome(condition, plan, arm)
}

const limitUnits = { served: '%', errors: '%', goodput: '/s', attempts: '' } as const

function limitOutcome(
  { from = 0, to, every }: ExpectationEntry,
  limit: Limit,
  day: GameDay,
  plan: Plan,
  { block }: ArmDay,
): Measured {
  const customers: Customers = {
    dueMs: dueMsOf(plan, onlyPair, block.crowdStartMs),
    history: block.history,
  }
  const at = (seconds: number) => block.crowdStartMs + seconds * 1000
  const window = { fromMs: at(from), toMs: at(to ?? day.duration) }
  const everyMs = every === undefined ? undefined : every * 1000
  const { holds, value } = judgeLimit(limit, customers, window, everyMs)
  const unit = limit.signal in limitUnits ? limitUnits[limit.signal as 'served'] : 'ms'
  if (value === null) return { holds, value, unit, why: 'no customer came' }
  return { holds, unit, value: Number.isFinite(value) ? value : 'more than any' }
}

function deadlineOutcome({ kind, seconds }: Deadline, plan: Plan, arm: ArmDay): Measured {
  const found = secondsOf(kind, plan, arm)
  if (typeof found === 'string') return { holds: false, value: null, unit: 's', why: found }
  const value = found ?? ('more than any' as const)
  return { holds: found !== null && found <= seconds, value, unit: 's' }
}

/** @returns null where it never came; a reason where nothing is known */
function secondsOf(kind: Deadline['kind'], plan: Plan, arm: ArmDay): number | null | string {
  if (kind === 'recovered') {
    const found = blockRecovery(plan, arm.block)
    if (typeof found === 'string') return found
    return found.recoveredAfterMs === null ? null : found.recoveredAfterMs / 1000
  }
  if (kind === 'work-done') {
    return arm.block.quietAfterMs === null ? null : arm.block.quietAfterMs / 1000
  }
  return arm.followed.partners ? arm.followed.partners.seconds : 'no partner came'
}

function auditOutcome({ report, followed }: ArmDay): Measured {
  const bad = report.checkers.filter(({ verdict }) => verdict !== 'true').map(({ name }) => name)
  const all = [...bad, ...(followed.partners?.findings ?? [])]
  const holds = all.length === 0 && report.checkers.length > 0
  return { holds, value: all.length, unit: 'audit', ...(holds ? {} : { why: all.join(', ') }) }
}

/** What was found, and the verdict that follows from it. */
export function judgeDay(
  judged: readonly Judged[],
  plan: Plan,
  arms: readonly ArmDay[],
): { findings: Finding[]; verdict: RunVerdict } {
  const findings: Finding[] = [
    ...arms.flatMap(({ name, followed: { stopped } }): Finding[] =>
      stopped
        ? [
            {
              ...{ kind: 'stopped', arm: name },
              ...{ condition: stopped.condition, atSeconds: stopped.atSeconds },
            },
          ]
        : [],
    ),
    ...judged.flatMap(expectationFindings),
    ...arms.flatMap((arm) => dataFindings(judged, arm)),
    ...trustFindings(judged, plan, arms),
    ...arms.flatMap(({ name, followed }) =>
      followed.humanSteps
        .filter(({ end }) => end === 'not-done')
        .map(({ text }): Finding => ({ kind: 'not-done', arm: name, text })),
    ),
  ]
  return { findings, verdict: worstVerdict(findings.map(verdictOf)) }
}

const expectationFindings = ({ title, outcomes }: Judged): Finding[] =>
  outcomes.flatMap(({ arm, wanted, holds }): Finding[] => {
    if (wanted === 'holds' && !holds) return [{ kind: 'missed', arm, title }]
    return wanted === 'breaks' && holds ? [{ kind: 'not-broken', arm, title }] : []
  })

/** Broken data that the file or the registry has foretold is no news. */
function dataFindings(judged: readonly Judged[], arm: ArmDay): Finding[] {
  const { name, design, report, block } = arm
  const isForetold = judged.some(
    ({ condition, outcomes }) =>
      condition === 'audit clean' &&
      outcomes.some((one) => one.arm === name && one.wanted === 'breaks'),
  )
  const audit = auditOf(report, knownBadOf(design))
  const unknown = report.checkers.filter(({ verdict }) => verdict === 'unknown')
  const quiet: Finding[] = block.quietAfterMs === null ? [{ kind: 'not-quiet', arm: name }] : []
  if (audit === 'red' && isForetold) {
    return [{ kind: 'broken-as-written', arm: name, checks: brokenIn(report) }]
  }
  if (audit === 'red') return [{ kind: 'broken-data', arm: name, checks: brokenIn(report) }]
  if (audit === 'known') return [{ kind: 'known-broken', arm: name, checks: brokenIn(report) }]
  if (audit === 'green') return quiet
  return [{ kind: 'unknown-data', arm: name, checks: unknown.map((check) => check.name) }, ...quiet]
}

function trustFindings(judged: readonly Judged[], plan: Plan, arms: readonly ArmDay[]): Finding[] {
  const never = plan.faults.filter(({ name }) =>
    arms.every(({ block }) => !block.faults.some((one) => one.name === name && one.injected > 0)),
  )
  const names = [...new Set(never.map(({ name }) => name))]
  return [
    ...names.map((fault): Finding => ({ kind: 'no-bite', fault })),
    ...arms.flatMap((arm) => droppedFindings(judged, arm)),
  ]
}

/** Too many under way at once is how a slow arm shows: it met a milder crowd, and still missed. */
function droppedFindings(judged: readonly Judged[], { name, followed, block }: ArmDay): Finding[] {
  const { planned, dropped } = block
  const percent = planned === 0 ? 100 : (100 * dropped) / planned
  if (followed.stopped !== null || percent <= droppedPercentMax) return []
  const own = judged.flatMap(({ outcomes }) => outcomes.filter(({ arm }) => arm === name))
  const isWanted = own.some(({ wanted }) => wanted === 'holds')
  return [{ kind: isWanted ? 'dropped' : 'dropped-but-missed', arm: name, percent }]
}

const remarks: Finding['kind'][] = [
  ...(['known-broken', 'broken-as-written', 'not-done', 'dropped-but-missed'] as const),
]

/** A stopped arm has met nothing that it did not show; what was dropped was never asked. */
export function verdictOf({ kind }: Finding): RunVerdict {
  if (kind === 'broken-data') return 'invariant-broken'
  if (kind === 'missed' || kind === 'not-broken') return 'target-missed'
  return remarks.includes(kind) ? 'as-expected' : 'untrusted'
}
