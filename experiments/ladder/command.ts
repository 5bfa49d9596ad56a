import { promises } from '../../audit/registry.ts'
import { openSession } from '../../lab/processes/session.ts'
import { openDatabases } from '../../lab/servers/databases.ts'
import { resolveK6 } from '../../lab/tools/k6.ts'
import { type ScenarioName, scenarios } from '../../loadtests/crowd/profiles.ts'
import { exitCodeOf } from '../judge/judge.ts'
import { randomToken } from '../rehearse/command.ts'
import { writeHistories } from '../report/files.ts'
import { renderTerminal, terminalOptions } from '../report/terminal.ts'
import { writeReport } from '../report/write.ts'
import { openArm } from '../run/arm.ts'
import type { BlockTestBed } from '../run/block.ts'
import { readEnvironment } from '../run/environment.ts'
import type { Block } from '../run/result.ts'
import { runBlocks, say } from '../run/run-blocks.ts'
import { newRunFolder, runName } from '../watch/run-folders.ts'
import { watched } from '../watch/watch-run.ts'
import { ladderDocument } from './document.ts'
import { judgeLadder } from './judge.ts'
import type { LadderOptions } from './options.ts'
import { minutesOf, plansOf, workOf } from './plan.ts'
import { ladderReport } from './report.ts'
import type { LadderPlan, LadderReport } from './result.ts'

/**
 * Many designs under the same crowd, audited, judged against the first, reported.
 * @returns the exit code: 0 as expected, 1 an invariant broke, 3 not to be trusted
 * @throws UserError when a server or tool cannot be had
 */
export async function ladder(options: LadderOptions): Promise<number> {
  const session = await openSession()
  try {
    const startedAt = new Date()
    const { k6, reason } = await resolveK6(session, options)
    if (reason !== null) say(`driver: the embedded simulator, since ${reason}`)
    const databases = await openDatabases(session, options)
    const driver = k6 ? `k6 ${k6.version}` : 'embedded simulator'
    const plans = plansOf(options, k6 ? 'k6' : 'simulator')
    const folder = options.out ?? newRunFolder('rehearsal', startedAt)
    const shared = { session, databases, chaosToken: randomToken(), k6Path: k6?.path }
    const [plan] = plans
    const testBed: BlockTestBed = plan
      ? await watched(shared, plan, folder, options)
      : { ...shared, openArm }
    const report = await climb(testBed, options, plans, { driver, folder, startedAt })
    console.log(renderTerminal(ladderDocument(report), terminalOptions()))
    console.log(`Report: ${folder}/report.html`)
    if (testBed.watch) console.log(`Metrics: ./stampede open ${options.out ?? runName(folder)}`)
    return exitCodeOf(report.verdict)
  } finally {
    await session.close()
  }
}

/** Runs, judges and writes. */
export async function climb(
  testBed: BlockTestBed,
  options: LadderOptions,
  plans: LadderPlan[],
  { driver, folder, startedAt }: { driver: string; folder: string; startedAt: Date },
): Promise<LadderReport> {
  const environment = await readEnvironment(testBed.databases, driver, testBed.session.folder)
  announce(options, plans, `${environment.database}, Redis ${environment.redis}, ${driver}`)
  const work = workOf(plans)
  const blocks = await runBlocks(testBed, work)
  const own = plans.map((plan) => blocks.filter((_, index) => work[index]?.plan === plan))
  const stocks = plans.map((plan, index) => judgeLadder(plan, own[index] as Block[]))
  const report = ladderReport(options, stocks, environment, startedAt)
  for (const [index, { stock, arms }] of stocks.entries()) {
    await writeHistories(folder, Object.keys(arms), own[index] ?? [], `${stock}-`)
  }
  await writeReport(folder, ladderDocument(report, promises()), report, options.jsonFile)
  return report
}

function announce({ leftOut }: LadderOptions, plans: LadderPlan[], servers: string): void {
  const [plan] = plans
  if (!plan) return
  const { describe } = scenarios[plan.scenario as ScenarioName]
  say(`${plan.scenario}: ${describe(plan.rate, plan.durationSeconds)}`)
  for (const { title, hazards } of plan.arms) {
    say(`  ${title}${hazards.length > 0 ? ' (known to go wrong)' : ''}`)
  }
  for (const { name, reason } of leftOut) say(`  left out: ${name}: ${reason}`)
  const stock = plans.map((one) => one.stock).join(' and ')
  say(`  ${plan.blocks} blocks a design, there and back, ${stock} stock, seed ${plan.seed}`)
  say(`  on ${servers}; about ${minutesOf(plans)} min`)
}
