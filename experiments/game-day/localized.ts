import type { Language } from '../report/words.ts'
import type { GameDayReport } from './result.ts'

/** The report with the texts of its file in a language; what has no translation stays. */
export function localized(report: GameDayReport, language: Language): GameDayReport {
  if (language === 'en') return report
  const { day, expectations, findings } = report
  const titleOf = (title: string) => expectations.find((one) => one.title === title)?.ko ?? title
  return {
    ...report,
    day: { ...day, ...day.ko },
    expectations: expectations.map((one) => ({ ...one, title: one.ko ?? one.title })),
    findings: findings.map((one) => ('title' in one ? { ...one, title: titleOf(one.title) } : one)),
  }
}
