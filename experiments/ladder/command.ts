import { promises } from '../../audit/registry.ts'
import { type ScenarioName, scenarios } from '../../loadtests/crowd/profiles.ts'
import { arrivalsWords } from '../report/words.ts'
import { writeHistories, writeReport } from '../report/write.ts'
import type { BlockTestBed } from '../run/block.ts'
import { readEnvironment } from '../run/environment.ts'
import { runExperiment } from '../run/experiment.ts'
import type { Block } from '../run/result.ts'
import { runBlocks, say } from '../run/run-blocks.ts'
import { ladderDocument } from './document.ts'
import type { LadderOptions } from './options.ts'
import { minutesOf, plansOf, workOf } from './plan.ts'
import { ladderReport } from './report.ts'
import type { LadderPlan, LadderReport } from './result.ts'
import { stockReport } from './stock-report.ts'

/**
 * Many designs under the same crowd, audited, judged against the first, reported.
 * @returns the exit code: 0 as expected, 1 an invariant broke, 3 not to be trusted
 * @throws UserError when a server or tool is unavailable
 */
export async function ladder(options: LadderOptions): Promise<number> {
  return await runExperiment(options, async (experiment) => {
    const driver = await experiment.driver()
    const plans = plansOf(options, driver.name)
    const folder = experiment.folder('rehearsal')
    const [plan] = plans
    const testBed = plan
      ? await experiment.watchedTestBed(plan, { ...options, folder })
      : await experiment.testBed()
    const { startedAt } = experiment
    const { report, write } = await runLadder(testBed, options, plans, {
      driver: driver.title,
      folder,
      startedAt,
    })
    await experiment.show(ladderDocument(report), folder, write, testBed.watch !== undefined)
    return report.verdict
  })
}

/** Runs and judges. @returns the report, and what writes it to the folder */
export async function runLadder(
  testBed: BlockTestBed,
  options: LadderOptions,
  plans: LadderPlan[],
  { driver, folder, startedAt }: { driver: string; folder: string; startedAt: Date },
): Promise<{ report: LadderReport; write: () => Promise<void> }> {
  const environment = await readEnvironment(testBed.databases, driver, testBed.session.folder)
  announce(options, plans, `${environment.database}, Redis ${environment.redis}, ${driver}`)
  const work = workOf(plans)
  const blocks = await runBlocks(testBed, work)
  const own = plans.map((plan) => blocks.filter((_, index) => work[index]?.plan === plan))
  const stocks = plans.map((plan, index) => stockReport(plan, own[index] as Block[]))
  const report = ladderReport(options, stocks, environment, startedAt)
  const write = async () => {
    for (const [index, { stock, arms }] of stocks.entries()) {
      await writeHistories(folder, Object.keys(arms), own[index] ?? [], `${stock}-`)
    }
    await writeReport(folder, ladderDocument(report, promises()), report, options.jsonFile)
  }
  return { report, write }
}

function announce({ leftOut }: LadderOptions, plans: LadderPlan[], servers: string): void {
  const [plan] = plans
  if (!plan) return
  const { describe } = scenarios[plan.scenario as ScenarioName]
  const crowd = describe(plan.rate, plan.durationSeconds)
  say(`${plan.scenario}: ${crowd}${arrivalsWords(plan)}`)
  for (const { title, hazards } of plan.arms) {
    say(`  ${title}${hazards.length > 0 ? ' (known to go wrong)' : ''}`)
  }
  for (const { name, reason } of leftOut) say(`  left out: ${name}: ${reason}`)
  const stock = plans.map((one) => one.stock).join(' and ')
  say(`  ${plan.blocks} blocks a design in drawn orders, ${stock} stock, seed ${plan.seed}`)
  say(`  on ${servers}; about ${minutesOf(plans)} min`)
}
