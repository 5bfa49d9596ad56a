import type { Variant } from '../../server/designs/ladder.ts'
import { compare, noiseFloorOfSession, PAIRS_MIN_FOR_INTERVAL } from '../judge/compare.ts'
import { amount } from '../judge/format.ts'
import * as rules from '../judge/rules.ts'
import { type JudgedArm, type Session, sessionOf } from '../judge/session.ts'
import { directionOf } from '../judge/statistics.ts'
import { goodputPerSecondOf, latencyOf, P99_SAMPLES_MIN } from '../judge/summarize.ts'
import { sumsAddUp } from '../judge/sums.ts'
import type { Block, RunVerdict } from '../run/result.ts'
import { auditOf, brokenIn, inherits } from './audit.ts'
import { axesOf, claimsOf } from './meaning.ts'
import type { LadderPlan, Step, StockReport, VariantReport } from './result.ts'

/** What must hold of two arms before anything is said of them. */
const trust: rules.Rule[] = [
  rules.auditUnknown,
  rules.neverQuiet,
  rules.loadDropped,
  rules.generatorSaturated,
  rules.loadsDiffer,
  rules.tooFewBlocks,
]

/** What after must reach, as in a rehearsal. */
const targets: rules.Rule[] = [rules.servedTooLittle, rules.tooSlow, rules.deadlocked]

/** A p99 of those who were served tells of a design only where about as many were. */
const servedPointsApartMax = 5

/**
 * What each design does against the first, and what after loses without one of its axes. Pure: the
 * same blocks give the same report.
 * @throws RangeError when the plan has no arm, or an arm has no block at all
 */
export function judgeLadder(plan: LadderPlan, blocks: readonly Block[]): StockReport {
  const { arms } = sessionOf(plan, blocks)
  const named = new Map(plan.arms.map((variant, index) => [variant.name, arms[index] as JudgedArm]))
  const reports = Object.fromEntries(arms.map((arm) => [arm.name, arm.report]))
  const sums = sumsAddUp({ plan, arms: reports }, blocks)
  const variants = plan.arms.map((variant) => variantReport(plan, variant, named))
  return {
    stock: plan.stock,
    plan,
    arms: reports,
    variants,
    axes: axesOf(variants, reports),
    claims: claimsOf(variants, reports),
    notes: notesOf(plan, arms),
    faults: faultsOf(plan, variants, arms, sums),
    sums,
  }
}

function variantReport(
  plan: LadderPlan,
  variant: Variant,
  arms: Map<string, JudgedArm>,
): VariantReport {
  const [first] = plan.arms
  const own = arms.get(variant.name)
  const reference = arms.get(first?.name ?? '')
  const whole = plan.arms.find(({ role }) => role === 'after')
  const after = variant.role === 'without' ? arms.get(whole?.name ?? '') : undefined
  if (!own || !reference) throw new RangeError(`no arm ${variant.name}`)
  const broken = brokenIn(own)
  const audit = auditOf(variant, own, reference)
  if (own === reference)
    return { ...variant, audit, broken, over: null, against: null, silence: null }
  const over = stepBetween(plan, reference, own)
  const against = after ? stepBetween(plan, after, own) : null
  const distrust = typeof over === 'string' ? over : typeof against === 'string' ? against : null
  const comparable = audit === 'green' || inherits(variant, own, reference)
  const red = comparable ? null : `audit ${audit === 'unknown' ? 'unknown' : 'red'}`
  const referenceRed = first && auditOf(first, reference, reference) === 'red'
  const silence = distrust ?? red ?? (referenceRed ? `audit of ${first.name} red` : null)
  const spoken = silence === null
  const overStep = spoken && typeof over !== 'string' ? over : null
  const againstStep = spoken && audit === 'green' && typeof against !== 'string' ? against : null
  return { ...variant, audit, broken, over: overStep, against: againstStep, silence }
}

/** One arm against another, or why nothing may be said of the two. */
function stepBetween(plan: LadderPlan, from: JudgedArm, to: JudgedArm): Step | string {
  const session: Session = { plan, arms: [from, to], before: from, after: to }
  const doubt = trust.flatMap((rule) => rule(session)).find(({ forbidsClaim }) => forbidsClaim)
  if (doubt) return doubt.reason
  const noiseFloor = noiseFloorOfSession(session)
  const comparison = compare(session, noiseFloor)
  if (!comparison || !noiseFloor) return 'There is no pair of blocks to compare.'
  const { goodput, p99 } = comparison.ratios
  const directions = {
    goodput: directionOf(goodput, noiseFloor.goodput),
    p99: p99 && noiseFloor.p99 !== null ? directionOf(p99, noiseFloor.p99) : null,
  }
  const apart = Math.abs(from.report.servedPercent - to.report.servedPercent)
  const effect = effectOf(directions, apart <= servedPointsApartMax)
  return { with: from.name, goodput, p99, noiseFloor, directions, effect }
}

function effectOf({ goodput, p99 }: Step['directions'], sameCrowdServed: boolean): Step['effect'] {
  if (goodput !== 'none') return goodput === 'higher' ? 'better' : 'worse'
  if (!sameCrowdServed || p99 === null || p99 === 'none') return 'none'
  return p99 === 'lower' ? 'better' : 'worse'
}

function notesOf(plan: LadderPlan, arms: readonly JudgedArm[]): string[] {
  const thinnest = Math.min(
    ...arms.flatMap(({ blocks }) => blocks.map((block) => latencyOf([block])?.samples ?? 0)),
  )
  const unpaid = arms.flatMap(({ name, blocks }) =>
    blocks.some((block) => goodputPerSecondOf([block]) === 0) ? [name] : [],
  )
  return [
    plan.blocks < PAIRS_MIN_FOR_INTERVAL
      ? `The intervals rest on ${plan.blocks} pairs of blocks: indicative; ` +
        `${PAIRS_MIN_FOR_INTERVAL} or more make a 95 % interval.`
      : '',
    thinnest < P99_SAMPLES_MIN
      ? `Every p99 ratio is indicative: the thinnest block has ${amount(thinnest)} checkouts, a ` +
        `p99 needs ${amount(P99_SAMPLES_MIN)}.`
      : '',
    unpaid.length > 0
      ? `Paid nothing in some block, counted as one order so that the ratio is a bound: ` +
        `${unpaid.join(', ')}.`
      : '',
    ...busyNotes(arms),
  ].filter((text) => text !== '')
}

/** Generator and shop share the cores: a full machine flattens every difference. */
function busyNotes(arms: readonly JudgedArm[]): string[] {
  const busy = arms.filter(({ blocks }) =>
    blocks.some(({ cpu }) => cpu.machineBusyPercent > rules.TRUST.machineBusyPercentMax),
  )
  if (busy.length === 0) return []
  const names =
    busy.length === arms.length ? 'every design' : busy.map(({ name }) => name).join(', ')
  return [
    `All cores were over ${rules.TRUST.machineBusyPercentMax} % busy in a block of ${names}: ` +
      'goodput is understated, times are overstated, differences flattened.',
  ]
}

type Faults = StockReport['faults']
const severity: readonly RunVerdict[] = ['invariant-broken', 'untrusted', 'target-missed']

function faultsOf(
  plan: LadderPlan,
  variants: readonly VariantReport[],
  arms: readonly JudgedArm[],
  sums: StockReport['sums'],
): Faults {
  const [before] = arms
  const after = arms.at(-1)
  const broke: Faults = variants
    .filter(({ audit }) => audit === 'red')
    .map(({ title, broken }) => ({
      verdict: 'invariant-broken' as const,
      reason: `${title} broke “${broken.join('”, “')}”, which nothing known of it explains.`,
    }))
  const apart = arms.flatMap((arm) => {
    const pair = { plan, arms: [arm], before: before ?? null, after: arm }
    return trust.flatMap((rule) => rule(pair))
  })
  const isLadder = variants[0]?.role === 'before'
  const whole = isLadder && before && after ? { plan, arms: [...arms], before, after } : null
  const ofLadder = [rules.beforeDidNotBreak(0), ...targets].flatMap((rule) =>
    whole ? rule(whole) : [],
  )
  const doubts = [...apart, ...ofLadder].flatMap(({ verdict, reason }) =>
    verdict === null ? [] : [{ verdict, reason }],
  )
  const wrong: Faults =
    sums.verdict === 'true'
      ? []
      : [{ verdict: 'untrusted', reason: `The report does not add up: ${sums.first}.` }]
  const all = new Map([...broke, ...doubts, ...wrong].map((fault) => [fault.reason, fault]))
  return [...all.values()].toSorted(
    (a, b) => severity.indexOf(a.verdict) - severity.indexOf(b.verdict),
  )
}
