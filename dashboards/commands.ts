import { exitCodes } from '../lab/user-error.ts'
import { requireWritable } from '../lab/writable.ts'
import type { MetricTable } from '../server/metrics/table.ts'
import { drifted, readBoards, writeBoards } from './files.ts'
import { lint } from './lint.ts'
import type { DashboardsOptions } from './options.ts'
import { readRules } from './rules.ts'
import { prometheusAddress } from './verify/address.ts'
import { openPrometheus, orUnreachable } from './verify/prometheus.ts'
import { asTable, summary } from './verify/table.ts'
import { verifyAll } from './verify/verify.ts'

/** Writes dashboards/json. @returns the exit code */
export async function build(): Promise<number> {
  const outdated = new Set(await drifted().catch(() => []))
  const names = await writeBoards()
  for (const name of names) console.log(`${name}: ${outdated.has(name) ? 'written' : 'as it was'}`)
  return exitCodes.asExpected
}

/**
 * Whether the committed boards are what the builders say, and free of mistakes.
 * @param metrics every metric that a board may ask for
 */
export async function check(_: DashboardsOptions, metrics: MetricTable): Promise<number> {
  const stale = (await drifted()).map((name) => `${name}: out of date; ./stampede dashboards build`)
  const boards = await readBoards()
  const faults = [...stale, ...lint(boards, await readRules(), metrics)]
  for (const fault of faults) console.log(fault)
  console.log(`${boards.length} boards, ${faults.length} faults`)
  return faults.length === 0 ? exitCodes.asExpected : exitCodes.broken
}

/**
 * Runs every query of every board, variable, annotation and rule. @returns 1 when one found nothing
 * @throws UserError when Prometheus cannot be asked (3), or an address or a dashboard is wrong (4)
 */
export async function verify(options: DashboardsOptions): Promise<number> {
  if (options.jsonFile) await requireWritable(options.jsonFile)
  const boards = await readBoards()
  const rules = await readRules()
  const url = await prometheusAddress(options.prometheus)
  const prometheus = await openPrometheus(url)
  const panels = await orUnreachable(url, verifyAll(prometheus, boards, rules))
  console.log(asTable(panels))
  console.log(summary(panels))
  if (options.jsonFile)
    await Bun.write(options.jsonFile, `${JSON.stringify({ panels }, null, 2)}\n`)
  return panels.some(({ passed }) => !passed) ? exitCodes.broken : exitCodes.asExpected
}
