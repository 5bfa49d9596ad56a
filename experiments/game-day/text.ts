import { fill } from '../../console/model/words.ts'
import { exitCodeOf } from '../judge/exit-code.ts'
import { onSameDatabase, shellWord } from '../report/repeat-command.ts'
import type { GameDayReport } from './result.ts'
import type { Step } from './schema.ts'
import type { GameDayWords } from './words.ts'

export function headlineOf(report: GameDayReport, words: GameDayWords): string {
  const { findings, expectations, verdict } = report
  const stopped = findings.find(({ kind }) => kind === 'stopped')
  if (stopped?.kind === 'stopped') {
    const { arm, condition, atSeconds } = stopped
    return fill(words.wasStopped, { arm, condition, seconds: atSeconds.toFixed(0) })
  }
  const titles = findings.flatMap((one) =>
    one.kind === 'missed' || one.kind === 'not-broken' ? [one.title] : [],
  )
  const counts = { missed: String(new Set(titles).size), count: String(expectations.length) }
  if (titles.length > 0) return fill(words.someMissed, counts)
  return verdict === 'as-expected' ? fill(words.allMet, counts) : words.untrusted
}

/** The crowd, the arms, and what is to happen. */
export function scenarioWords({ plan, day, stopWhen }: GameDayReport, words: GameDayWords) {
  const crowd = [
    fill(words.stageFirst, { rate: String(day.rate) }),
    ...day.steps.flatMap(({ at, crowd: change }) =>
      change
        ? [fill(words.stageStep, { rate: String(change.rate), at: String(at + change.within) })]
        : [],
    ),
  ]
  return [
    fill(words.crowdWords, { scenario: plan.scenario, curve: crowd.join(', ') }),
    ...plan.arms.map(({ name, design }) =>
      fill(words.armWords, { arm: name, design: design.replaceAll(',', ', ') }),
    ),
    ...day.steps.flatMap((step) => stepWords(step, words)),
    ...stopWhen.map((condition) => fill(words.stopWords, { condition })),
  ]
}

function stepWords({ at, fault, partners, human }: Step, words: GameDayWords): string[] {
  const from = String(at)
  if (fault) {
    const settings = JSON.stringify(fault.settings)
    const parts = { at: from, to: String(at + fault.for), name: fault.name, settings }
    return [fill(words.faultWords, parts)]
  }
  if (partners) {
    const { count, wanted } = partners
    return [fill(words.partnerWords, { at: from, count: String(count), wanted: String(wanted) })]
  }
  return human ? [fill(words.humanWords, { at: from, text: human })] : []
}

export const methodWords = ({ plan, verdict }: GameDayReport, words: GameDayWords): string[] => [
  fill(words['method.arms'], { seed: String(plan.seed) }),
  ...[words['method.warm'], words['method.faults'], words['method.judged']],
  ...[words['method.audit'], words['method.one']],
  fill(words.exitCode, { code: String(exitCodeOf(verdict)) }),
]

/** The command that runs it again. */
export function repeatGameDay({ file, plan, isUnattended, versions }: GameDayReport): string {
  const unattended = isUnattended ? ' --unattended' : ''
  const command = `./stampede game-day ${shellWord(file)} --driver ${plan.driver}${unattended}`
  return onSameDatabase(command, versions)
}
