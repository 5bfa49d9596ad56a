import type { DesignFailure } from '../../../server/designs/design.ts'
import { knownBy } from '../audit.ts'
import type { JudgedArm } from '../judged-run.ts'
import type { Finding } from '../result.ts'
import {
  checksWith,
  examples,
  failure,
  type Rule,
  remark,
  untrusted,
  untrustedArms,
} from './rule.ts'

/**
 * 1: an invariant broke in an arm, unless its design's own entry in the registry names that check;
 * then it is a remark.
 * @param title names the arm
 */
export const brokenData = (
  arm: JudgedArm,
  title: string,
  knownBad: readonly DesignFailure[],
): Finding[] =>
  checksWith('false', arm).map((check) => {
    const known = knownBy(check.name, knownBad)
    const what = `"${check.name}" ${examples(check)}`
    return known
      ? remark(`${title} broke ${what}; known of ${known.option} (${whenWords[known.when]}).`)
      : failure('invariant-broken', `${title} broke ${what}.`)
  })

const whenWords: Record<DesignFailure['when'], string> = {
  always: 'in any busy sale',
  'at-a-crash': 'at a crash',
  'at-a-rollback': 'where a rollback comes after the bank or a partner has acted',
}

/** An arm whose audit is red makes no claim of speed, and none is made against it. */
export const redArm: Rule = ({ arms }) =>
  arms.flatMap((arm) =>
    checksWith('false', arm).length > 0 ? [remark(`audit of ${arm.name} red`, true)] : [],
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

/** 3: a block that never came to rest was audited while data was still changing. */
export const neverQuiescent: Rule = ({ arms }) =>
  untrustedArms(arms, ({ name, blocks }) => {
    const moving = blocks.filter(({ quietAfterMs }) => quietAfterMs === null).length
    return moving === 0 ? null : `${name} was never quiescent after ${moving} of its blocks.`
  })
