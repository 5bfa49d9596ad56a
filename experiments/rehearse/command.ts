import { promises } from '../../audit/registry.ts'
import { type ScenarioName, scenarios } from '../../loadtests/crowd/profiles.ts'
import { arrivalsWords } from '../report/words.ts'
import { writeHistories, writeReport } from '../report/write.ts'
import { openCompose } from '../run/compose-target.ts'
import { runExperiment } from '../run/experiment.ts'
import { fitRate, fitShapes } from '../run/fit-rate.ts'
import { turnsOf } from '../run/plan.ts'
import type { Plan } from '../run/result.ts'
import { runBlocks, say } from '../run/run-blocks.ts'
import { rehearsalDocument } from './document.ts'
import type { RehearseOptions } from './options.ts'
import { planOf } from './plan.ts'
import { rehearsalReport } from './result.ts'

/**
 * The main job: both designs under the same crowd, audited, judged, reported.
 * @returns the exit code: 0 as expected, 1 an invariant broke, 2 a target missed, 3 not to be
 * trusted
 * @throws UserError when a server or tool is unavailable
 */
export async function rehearse(options: RehearseOptions): Promise<number> {
  return await runExperiment(options, async (experiment) => {
    const driver = await experiment.driver()
    const planned = planOf(options, driver.name)
    const folder = experiment.folder('rehearsal')
    const { target, isProxied } = options
    const testBed =
      target === 'compose'
        ? await experiment.attachedTestBed(await openCompose())
        : { ...(await experiment.watchedTestBed(planned, { ...options, folder })), isProxied }
    const environment = await experiment.environment(testBed)
    const shape = fitShapes[options.quick ? 'quick' : 'usual']
    const plan = options.rate === undefined ? await fitRate(testBed, planned, shape) : planned
    if (isProxied) say('a proxy stands before the servers of each arm, for faults of the network')
    announce(plan, `${environment.database}, Redis ${environment.redis}, ${driver.title}`)
    const blocks = await runBlocks(
      testBed,
      turnsOf(plan).map((turn) => ({ plan, turn })),
    )
    const startedAt = experiment.startedAt.toISOString()
    const report = { ...rehearsalReport(plan, blocks, environment), startedAt }
    const document = rehearsalDocument(report, blocks, promises())
    const write = async () => {
      await writeHistories(folder, Object.keys(report.arms), blocks)
      await writeReport(folder, document, report)
    }
    await experiment.show(document, folder, write, testBed.watch !== undefined)
    return report.verdict
  })
}

function announce(plan: Plan, servers: string): void {
  const { describe } = scenarios[plan.scenario as ScenarioName]
  say(`${plan.scenario}: ${describe(plan.rate, plan.durationSeconds)}${arrivalsWords(plan)}`)
  for (const { name, design } of plan.arms) say(`  ${name.padEnd(6)} ${design}`)
  say(`  ${plan.blocks} blocks an arm in ABBA order, seed ${plan.seed}, on ${servers}`)
}
