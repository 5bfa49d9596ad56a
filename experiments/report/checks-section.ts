import type { CheckResult } from '../../audit/checker.ts'
import { amount } from '../judge/format.ts'
import type { ArmReport } from '../run/result.ts'
import {
  type DocumentNode,
  onlyIn,
  paragraph,
  type Row,
  roleOf,
  section,
  type Text,
} from './document.ts'

export interface AuditedArm {
  name: string
  report: Pick<ArmReport, 'checkers'>
}

interface Check {
  name: string
  promise: string | undefined
  /** One an arm; undefined where the checker did not run. */
  results: (CheckResult | undefined)[]
}

/** Of more arms only what is not true is shown: columns and rows that hold say nothing. */
const armsMaxInFull = 3

/** Every checker with its promise and each arm's verdict. @param sums those of the report itself */
export function checksSection(
  arms: readonly AuditedArm[],
  promises: Record<string, string>,
  sums: CheckResult,
): DocumentNode {
  const names = [...new Set(arms.flatMap(({ report }) => report.checkers.map(({ name }) => name)))]
  const checks: Check[] = names.map((name) => ({
    name,
    promise: promises[name],
    results: arms.map(({ report }) => report.checkers.find((check) => check.name === name)),
  }))
  const promise = 'Started = outcomes, offered = started + dropped, each journey counted once.'
  checks.push({ name: sums.name, promise, results: arms.map(() => sums) })
  const [broken, held] = [checks.filter((check) => !holds(check)), checks.filter(holds)]
  const explanation =
    'Asked of the database, the bank’s own ledger and the clients’ own history, once the system ' +
    'was quiescent. Unknown is never a pass.'
  const count = `${held.length} of ${checks.length} checks hold in every design.`
  const isFull = arms.length <= armsMaxInFull
  const shown = arms.map(
    (_, index) => isFull || broken.some(({ results }) => !isTrue(results[index])),
  )
  return section('Is the data right?', [
    onlyIn(['markdown', 'html'], paragraph(isFull ? explanation : `${explanation} ${count}`)),
    ...(isFull || broken.length > 0
      ? [checksTable(arms, shown, isFull ? [...broken, ...held] : broken)]
      : []),
  ])
}

const isTrue = (check: CheckResult | undefined) => check?.verdict === 'true'
const holds = ({ results }: Check) => results.every(isTrue)

function checksTable(
  arms: readonly AuditedArm[],
  shown: readonly boolean[],
  checks: readonly Check[],
): DocumentNode {
  const heads = arms.map(({ name }, index) => ({ title: name, role: roleOf(index, arms.length) }))
  const rows = checks.map(({ name, promise, results }): Row => {
    const cells = results.map(checkCell).filter((_, index) => shown[index])
    const examples = results.flatMap((check, index) =>
      check?.first && !isTrue(check) ? [`first in ${arms[index]?.name}, ${check.first}`] : [],
    )
    return { cells: [{ text: name, tone: 'strong' }, ...cells], note: promise ?? '', examples }
  })
  return {
    kind: 'table',
    columns: [{ title: 'check' }, ...heads.filter((_, index) => shown[index])],
    groups: [{ rows }],
    notesTitle: 'promise',
  }
}

/** Sign and word, so that colour is never the only signal. */
function checkCell(check: CheckResult | undefined): Text {
  if (!check) return { text: '? did not run', tone: 'doubt' }
  if (check.verdict === 'true' && check.exercised === 0) {
    return { text: '○ true, not exercised', tone: 'soft' }
  }
  const count = check.count > 0 ? ` (${amount(check.count)})` : ''
  if (check.verdict === 'true') return { text: `✓ true${count}`, tone: 'good' }
  if (check.verdict === 'unknown') return { text: '? unknown', tone: 'doubt' }
  return { text: `✗ broken${count}`, tone: 'bad' }
}
