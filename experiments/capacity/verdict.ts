import { parseDesign } from '../../server/designs/design.ts'
import { auditOf, brokenIn } from '../judge/audit.ts'
import { duration, timeWords } from '../judge/format.ts'
import type { Audit, Finding } from '../judge/result.ts'
import { crowdNotSent } from '../judge/rules/generator.ts'
import { restMsMax } from '../judge/rules/leftover.ts'
import { clockStepped, machineTooBusy } from '../judge/rules/machine.ts'
import { atWorkBeforeCrowd } from '../judge/rules/start.ts'
import { TRUST } from '../judge/rules/trust-limits.ts'
import { armReport } from '../judge/summarize.ts'
import type { ArmReport, Block, Objective, OfferedTime } from '../run/result.ts'
import type { Outcome, Probe } from './search.ts'

/** One block at one rate, and its outcome. */
export interface Trial extends Probe {
  /** Why it was not held; empty when it was. */
  reasons: string[]
  goodputPerSecond: number
  servedPercent: number
  /** 99th percentile of the checkout over all that came; null where none came. */
  p99: OfferedTime | null
  droppedPercent: number
  /** Null where it is unknown. */
  generatorCpuPercent: number | null
  audit: Audit
}

/** Whether an arm holds a rate, by one audited block of it. */
export function judgeTrial(
  rate: number,
  design: string,
  block: Block,
  objective: Objective,
): Trial {
  const report = armReport(design, [block])
  const arms = [{ name: block.arm, design, blocks: [block], report }]
  const audit = auditOf(report, parseDesign(design).knownBad)
  const missed = [...missedBy(report, objective), ...workLeftBy(block)]
  const droppedPercent = (100 * report.dropped) / Math.max(1, report.offered)
  const blame = [
    ...generatorBlame(droppedPercent, block.cpu.generator),
    ...[...machineTooBusy({ arms }), ...atWorkBeforeCrowd({ arms })].map(phraseOf),
  ]
  const distrust = [
    ...(audit === 'unknown' ? ['the audit could not be made'] : []),
    ...(block.quietAfterMs === null ? ['it was never quiescent'] : []),
    ...[...crowdNotSent(arms, objective.p99MsMax), ...clockStepped({ arms })].map(phraseOf),
  ]
  const isRed = audit === 'red' || audit === 'known'
  return {
    rate,
    outcome: outcomeOf(isRed, missed, blame, distrust),
    reasons: [
      ...(isRed ? [`audit ${audit}: ${brokenIn(report).join(', ')}`] : []),
      ...distrust,
      ...missed,
      ...(missed.length > 0 ? blame : []),
    ],
    goodputPerSecond: report.goodputPerSecond,
    servedPercent: report.servedPercent,
    p99: report.checkoutMs?.p99 ?? null,
    droppedPercent,
    generatorCpuPercent: block.cpu.generator,
    audit,
  }
}

/** A rule's sentences as one reason of several. */
const phraseOf = ({ reason }: Finding) =>
  `${reason.charAt(0).toLowerCase()}${reason.slice(1)}`.replace(/\.$/, '').replaceAll('. ', ', ')

/** With the whole crowd sent, a busy machine or generator makes answers late, never early. */
function outcomeOf(isRed: boolean, missed: string[], blame: string[], distrust: string[]): Outcome {
  if (isRed) return 'lost'
  if (distrust.length > 0) return 'unclear'
  if (missed.length === 0) return 'held'
  return blame.length > 0 ? 'unclear' : 'lost'
}

/** What of the objective was missed, over all that came. */
function missedBy(report: ArmReport, objective: Objective): string[] {
  const { servedPercentMin, p99MsMax, sojournMsMax } = objective
  const { servedPercent: served, checkoutMs, sojournMs } = report
  return [
    ...(served < servedPercentMin ? [`${served.toFixed(1)} % served`] : []),
    ...(checkoutMs === null ? ['no checkout was served'] : []),
    ...beyond('p99', checkoutMs?.p99, p99MsMax),
    ...beyond('p99 from arrival to end', sojournMs?.p99, sojournMsMax),
  ]
}

const beyond = (figure: string, time: OfferedTime | undefined, msMax: number): string[] =>
  time && (time.isBound || time.ms > msMax) ? [`${figure} ${timeWords(time)}`] : []

/** Work that is put off until the crowd has gone is a rate that grows a backlog, and not held. */
function workLeftBy({ quietAfterMs, workLeft = [] }: Block): string[] {
  if (quietAfterMs === null || quietAfterMs <= restMsMax) return []
  return [[`at work for ${duration(quietAfterMs)} after the last arrival`, ...workLeft].join(', ')]
}

function generatorBlame(droppedPercent: number, cpuPercent: number | null): string[] {
  return [
    ...(droppedPercent > TRUST.droppedPercentMax
      ? [`the generator dropped ${droppedPercent.toFixed(1)} %`]
      : []),
    ...(cpuPercent === null ? ['what the generator used of a core is unknown'] : []),
    ...(cpuPercent !== null && cpuPercent > TRUST.generatorCpuPercentMax
      ? [`the generator used ${Math.round(cpuPercent)} % of a core`]
      : []),
  ]
}
