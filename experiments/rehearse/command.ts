import { promises } from '../../audit/registry.ts'
import { openSession, type Session } from '../../lab/processes/session.ts'
import { openDatabases } from '../../lab/servers/databases.ts'
import { resolveK6 } from '../../lab/tools/k6.ts'
import { type ScenarioName, scenarios } from '../../loadtests/crowd/profiles.ts'
import { exitCodeOf, judge } from '../judge/judge.ts'
import { writeHistories } from '../report/files.ts'
import { renderTerminal, terminalOptions } from '../report/terminal.ts'
import { writeReport } from '../report/write.ts'
import type { BlockTestBed } from '../run/block.ts'
import { openCompose } from '../run/compose-target.ts'
import { readEnvironment } from '../run/environment.ts'
import { planOf, turnsOf } from '../run/plan.ts'
import type { Plan } from '../run/result.ts'
import { runBlocks, say } from '../run/run-blocks.ts'
import { newRunFolder, runName } from '../watch/run-folders.ts'
import { watched } from '../watch/watch-run.ts'
import { rehearsalDocument } from './document.ts'
import type { RehearseOptions } from './options.ts'

/**
 * The main job: both designs under the same crowd, audited, judged, reported.
 * @returns the exit code: 0 as expected, 1 an invariant broke, 2 a target missed, 3 not to be
 * trusted
 * @throws UserError when a server or tool cannot be had
 */
export async function rehearse(options: RehearseOptions): Promise<number> {
  const session = await openSession()
  try {
    return await rehearseIn(session, options)
  } finally {
    await session.close()
  }
}

async function rehearseIn(session: Session, options: RehearseOptions): Promise<number> {
  const startedAt = new Date()
  const { k6, reason } = await resolveK6(session, options)
  if (reason !== null) say(`driver: the embedded simulator, since ${reason}`)
  const plan = planOf(options, k6 ? 'k6' : 'simulator')
  const folder = options.out ?? newRunFolder('rehearsal', startedAt)
  const target =
    options.target === 'compose'
      ? await openCompose()
      : await openPrivate(session, plan, folder, options)
  const { databases } = target
  const testBed: BlockTestBed = { session, k6Path: k6?.path, ...target }
  const driver = k6 ? `k6 ${k6.version}` : 'embedded simulator'
  const environment = await readEnvironment(databases, driver, session.folder)
  announce(plan, `${environment.database}, Redis ${environment.redis}, ${driver}`)
  const blocks = await runBlocks(
    testBed,
    turnsOf(plan).map((turn) => ({ plan, turn })),
  )
  const report = { ...judge(plan, blocks, environment), startedAt: startedAt.toISOString() }
  const document = rehearsalDocument(report, blocks, promises())
  await writeHistories(folder, Object.keys(report.arms), blocks)
  const paths = await writeReport(folder, document, report)
  console.log(renderTerminal(document, terminalOptions()))
  console.log(`Report: ${paths.html}`)
  if (testBed.watch) console.log(`Metrics: ./stampede open ${options.out ?? runName(folder)}`)
  return exitCodeOf(report.verdict)
}

async function openPrivate(session: Session, plan: Plan, folder: string, options: RehearseOptions) {
  const databases = await openDatabases(session, options)
  const shared = { session, databases, chaosToken: randomToken() }
  return await watched(shared, plan, folder, options)
}

function announce(plan: Plan, servers: string): void {
  const { describe } = scenarios[plan.scenario as ScenarioName]
  say(`${plan.scenario}: ${describe(plan.rate, plan.durationSeconds)}`)
  for (const { name, design } of plan.arms) say(`  ${name.padEnd(6)} ${design}`)
  say(`  ${plan.blocks} blocks an arm in ABBA order, seed ${plan.seed}, on ${servers}`)
}

/** Opens the chaos doors of a session's shops. */
export const randomToken = () =>
  Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('hex')
