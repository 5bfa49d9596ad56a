import { blockRecovery } from '../judge/recovery.ts'
import { arrivalsWords } from '../report/words.ts'
import { writeHistories, writeReport, writeTranslation } from '../report/write.ts'
import { openPartnerArm } from '../run/arm.ts'
import { runExperiment } from '../run/experiment.ts'
import { turnsOf } from '../run/plan.ts'
import { requireServers, surroundingsOfArms } from '../run/require-servers.ts'
import type { Environment, Plan } from '../run/result.ts'
import { say } from '../run/run-blocks.ts'
import { gameDayDocument } from './document.ts'
import type { FaultRules } from './fault-rules.ts'
import { terminalChecklist } from './human-steps.ts'
import { type ArmDay, judgeDay, judgeExpectations } from './judge.ts'
import type { GameDayOptions } from './options.ts'
import { planOf } from './plan.ts'
import { readGameDay } from './read-file.ts'
import type { GameDayReport } from './result.ts'
import { runArm } from './run-arm.ts'
import type { GameDay } from './schema.ts'

/** Says what the file has. @returns exit code 0. @throws UserError (exit 4) with every flaw */
export async function checkGameDay(file: string, rules: FaultRules): Promise<number> {
  const day = await readGameDay(file, rules)
  const { arms, steps, expectations, duration } = day
  const faults = steps.flatMap(({ fault }) => fault?.name ?? [])
  console.log(
    `${file}: ${day.title}: ${arms.map(({ name }) => name).join(', ')}; ${duration} s of crowd ` +
      `each, ${steps.length} steps (${faults.join(', ') || 'no fault'}), ` +
      `${expectations.length} expectations`,
  )
  return 0
}

/**
 * Runs a game day: each arm under the same crowd and timeline, followed, audited and judged.
 * @returns the exit code: 0 as expected, 1 data broke, 2 an expectation was missed, 3 untrusted
 * @throws UserError with every flaw of the file, or when a server or tool is unavailable
 */
export async function runGameDay(options: GameDayOptions, rules: FaultRules): Promise<number> {
  const day = await readGameDay(options.file, rules)
  requireServers(
    day.arms.map(({ design }) => design),
    surroundingsOfArms(options.database),
    '--database',
  )
  return await runExperiment(options, async (experiment) => {
    const driver = await experiment.driver()
    const plan = planOf(day, driver.name)
    const folder = experiment.folder('game-day')
    const opened = await experiment.watchedTestBed(plan, { ...options, folder })
    const isProxied = plan.faults.some(({ name }) => rules.actsInProxy(name))
    const testBed = {
      ...opened,
      isProxied,
      ...(hasPartners(day) ? { openArm: openPartnerArm } : {}),
    }
    if (isProxied) say('a proxy stands before the servers of each arm, for faults of the network')
    const environment = await experiment.environment(testBed)
    announce(day, plan)
    const checklist = terminalChecklist(options.unattended)
    const arms: ArmDay[] = []
    for (const turn of turnsOf(plan)) {
      arms.push(await runArm({ testBed, day, plan, checklist }, turn))
    }
    const blocks = arms.map(({ block }) => block)
    const report = reportOf(options, day, plan, arms, environment)
    const startedAt = experiment.startedAt.toISOString()
    const documentIn = (language: 'en' | 'ko') =>
      gameDayDocument({ ...report, startedAt }, blocks, language)
    const write = async () => {
      await writeHistories(folder, Object.keys(report.arms), blocks)
      await writeReport(folder, documentIn('en'), { ...report, startedAt }, options.jsonFile)
      await writeTranslation(folder, documentIn('ko'))
    }
    const isWatched = testBed.watch !== undefined
    await experiment.show(documentIn(options.language), folder, write, isWatched)
    return report.verdict
  })
}

const hasPartners = ({ steps }: GameDay) => steps.some(({ partners }) => partners !== undefined)

function reportOf(
  { file, unattended }: GameDayOptions,
  day: GameDay,
  plan: Plan,
  arms: readonly ArmDay[],
  versions: Environment,
): Omit<GameDayReport, 'startedAt'> {
  const expectations = judgeExpectations(day, plan, arms)
  const { findings, verdict } = judgeDay(expectations, plan, arms)
  const byArm = <Of>(of: (arm: ArmDay) => Of) =>
    Object.fromEntries(arms.map((arm) => [arm.name, of(arm)]))
  const { title, goal, ko, rate, steps } = day
  return {
    ...{ verdict, reasons: [], versions, file, plan, expectations, findings },
    day: { title, goal, ko, rate, steps },
    stopWhen: day['stop-when'].map(({ condition }) => condition.text),
    isUnattended: unattended,
    arms: byArm(({ report }) => report),
    followed: byArm(({ followed }) => followed),
    recoveries: byArm(({ block }) => blockRecovery(plan, block)),
  }
}

function announce(day: GameDay, plan: Plan): void {
  say(`game day: ${day.title}`)
  say(`  up to ${plan.rate}/s for ${plan.durationSeconds} s${arrivalsWords(plan)}, each arm`)
  for (const { name, design } of plan.arms) say(`  ${name.padEnd(8)} ${design}`)
}
