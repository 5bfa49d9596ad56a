import { brokenIn, plainAuditOf } from '../judge/audit.ts'
import { amount, duration } from '../judge/format.ts'
import type { Audit } from '../judge/result.ts'
import { crowdNotSent } from '../judge/rules/generator.ts'
import { restMsMax } from '../judge/rules/leftover.ts'
import { TRUST } from '../judge/rules/trust-limits.ts'
import { armReport } from '../judge/summarize.ts'
import type { ArmReport, Block } from '../run/result.ts'
import type { Target } from './options.ts'
import type { Outcome, Probe } from './search.ts'

/** One block at one rate, and its outcome. */
export interface Trial extends Probe {
  /** Why it was not held; empty when it was. */
  reasons: string[]
  goodputPerSecond: number
  servedPercent: number
  p99Ms: number | null
  droppedPercent: number
  /** Null where it is unknown. */
  generatorCpuPercent: number | null
  audit: Exclude<Audit, 'known'>
}

/** Whether an arm holds a rate, by one audited block of it. */
export function judgeTrial(rate: number, design: string, block: Block, target: Target): Trial {
  const report = armReport(design, [block])
  const audit = plainAuditOf(report)
  const p99Ms = report.latencyMs?.p99 ?? null
  const missed = [...missedBy(report, p99Ms, target), ...workLeftBy(block)]
  const droppedPercent = (100 * report.dropped) / Math.max(1, report.offered)
  const blame = generatorBlame(droppedPercent, block.cpu.generator)
  const distrust = [
    ...(audit === 'unknown' ? ['the audit could not be made'] : []),
    ...(block.quietAfterMs === null ? ['it was never quiescent'] : []),
    ...crowdNotSent([{ name: block.arm, design, blocks: [block], report }], target.p99MsMax).map(
      ({ reason }) => reason.replace(/\.$/, ''),
    ),
  ]
  return {
    rate,
    outcome: outcomeOf(audit, missed, blame, distrust),
    reasons: [
      ...(audit === 'red' ? [`audit red: ${brokenIn(report).join(', ')}`] : []),
      ...distrust,
      ...missed,
      ...(missed.length > 0 ? blame : []),
    ],
    goodputPerSecond: report.goodputPerSecond,
    servedPercent: report.servedPercent,
    p99Ms,
    droppedPercent,
    generatorCpuPercent: block.cpu.generator,
    audit,
  }
}

/** With the whole crowd sent, a busy generator makes answers look late, never early. */
function outcomeOf(
  audit: Trial['audit'],
  missed: string[],
  blame: string[],
  distrust: string[],
): Outcome {
  if (audit === 'red') return 'lost'
  if (distrust.length > 0) return 'unclear'
  if (missed.length === 0) return 'held'
  return blame.length > 0 ? 'unclear' : 'lost'
}

function missedBy(report: ArmReport, p99Ms: number | null, target: Target): string[] {
  const { p99MsMax, servedPercentMin } = target
  const served = report.servedPercent
  return [
    ...(served < servedPercentMin ? [`${served.toFixed(1)} % served`] : []),
    ...(p99Ms === null ? ['no checkout was served'] : []),
    ...(p99Ms !== null && p99Ms > p99MsMax ? [`p99 ${amount(p99Ms)} ms`] : []),
  ]
}

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
