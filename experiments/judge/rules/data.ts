import type { JudgedArm } from '../judged-run.ts'
import type { Finding } from '../result.ts'
import { checksWith, examples, failure, type Rule, remark, untrusted } from './rule.ts'

/** 1: an invariant broke in an arm of which that is not known. @param title names it */
export const invariantBroken = (arm: JudgedArm, title: string): Finding[] =>
  checksWith('false', arm).map((check) =>
    failure('invariant-broken', `${title} broke "${check.name}" ${examples(check)}.`),
  )

/** 3: an audit that could not be made says nothing of any arm. */
export const auditUnknown: Rule = ({ arms }) =>
  arms.flatMap((arm) => {
    if (arm.report.checkers.length === 0) return [untrusted(`${arm.name} was not audited.`)]
    return checksWith('unknown', arm).map((check) =>
      untrusted(
        `${arm.name}: "${check.name}" could not be established` +
          `${check.first === undefined ? '' : ` (${check.first})`}.`,
      ),
    )
  })

/** Remark: what is wrong with the old design is the lesson, not a failure of the rehearsal. */
export const knownFailures: Rule = ({ before }) =>
  before === null
    ? []
    : checksWith('false', before).map((check) =>
        remark(`Known failure of ${before.name}: "${check.name}" ${examples(check)}.`),
      )

/** 3: a block that never came to rest was audited while data was still changing. */
export const neverQuiescent: Rule = ({ arms }) =>
  arms.flatMap((arm) => {
    const moving = arm.blocks.filter((block) => block.quietAfterMs === null).length
    if (moving === 0) return []
    return [untrusted(`${arm.name} was never quiescent after ${moving} of its blocks.`)]
  })
