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
  type Tone,
} from './document.ts'

/** An arm as the tables name it. */
export interface AuditedArm {
  name: string
  report: Pick<ArmReport, 'checkers'>
}

const columnArmsMax = 3

const explanation =
  'Asked of the database, the bank’s own ledger and the clients’ own history, once the system ' +
  'was quiescent. Unknown is never a pass.'

/**
 * Every checker with its promise and each arm's verdict. With many arms only the checks that did
 * not hold, arm by arm. @param sums what the report's own sums came to
 */
export function checksSection(
  arms: readonly AuditedArm[],
  promises: Record<string, string>,
  sums: CheckResult,
): DocumentNode {
  const names = [...new Set(arms.flatMap(({ report }) => report.checkers.map(({ name }) => name)))]
  const checks = names
    .map((name) => ({
      name,
      note: promises[name],
      results: arms.map(({ report }) => report.checkers.find((check) => check.name === name)),
    }))
    .concat({
      name: sums.name,
      note: 'Started = outcomes, offered = started + dropped, each journey counted once.',
      results: arms.map(() => sums),
    })
    .sort((a, b) => Number(holds(a)) - Number(holds(b)))
  return section('Is the data right?', [
    onlyIn(['markdown', 'html'], paragraph(explanation)),
    ...(arms.length <= columnArmsMax ? [columnsOf(arms, checks)] : violationsOf(arms, checks)),
  ])
}

interface Check {
  name: string
  note: string | undefined
  results: (CheckResult | undefined)[]
}

const holds = ({ results }: Check) => results.every((check) => check?.verdict === 'true')

function columnsOf(arms: readonly AuditedArm[], checks: readonly Check[]): DocumentNode {
  return {
    kind: 'table',
    columns: [
      { title: 'check' },
      ...arms.map(({ name }, index) => ({ title: name, role: roleOf(index, arms.length) })),
    ],
    groups: [{ rows: checks.map((check) => rowOf(check, arms)) }],
    notesTitle: 'promise',
  }
}

function rowOf({ name, note, results }: Check, arms: readonly AuditedArm[]): Row {
  return {
    cells: [{ text: name, tone: 'strong' }, ...results.map(checkCell)],
    ...(note === undefined ? {} : { note }),
    examples: results.flatMap((check, index) =>
      exampleOf(check, `first in ${arms[index]?.name}, `),
    ),
  }
}

function violationsOf(arms: readonly AuditedArm[], checks: readonly Check[]): DocumentNode[] {
  const broken = checks.filter((check) => !holds(check))
  const count = `${checks.length - broken.length} of ${checks.length} checks hold in every design.`
  if (broken.length === 0) return [paragraph(count)]
  const rows = broken.flatMap(({ name, note, results }) =>
    results.flatMap((check, index) =>
      check?.verdict === 'true' ? [] : [{ name, note, check, arm: arms[index]?.name ?? '' }],
    ),
  )
  return [
    paragraph(`${count} The others:`),
    {
      kind: 'table',
      columns: [{ title: 'check' }, { title: 'design' }, { title: 'verdict' }],
      groups: [
        {
          rows: rows.map(({ name, note, check, arm }, index) => ({
            cells: [{ text: name, tone: 'strong' }, arm, checkCell(check)],
            ...(note === undefined || rows[index - 1]?.name === name ? {} : { note }),
            examples: exampleOf(check, ''),
          })),
        },
      ],
      notesTitle: 'promise',
    },
  ]
}

const exampleOf = (check: CheckResult | undefined, where: string): string[] =>
  check?.first !== undefined && check.verdict !== 'true' ? [`${where}${check.first}`] : []

const tones: Record<CheckResult['verdict'], Tone> = { true: 'good', false: 'bad', unknown: 'doubt' }

/** Sign and word, so that colour is never the only signal. */
function checkCell(check: CheckResult | undefined): Text {
  if (!check) return { text: '? did not run', tone: 'doubt' }
  const count = check.count > 0 ? ` (${amount(check.count)})` : ''
  const words = { true: `✓ true${count}`, false: `✗ broken${count}`, unknown: '? unknown' }
  return { text: words[check.verdict], tone: tones[check.verdict] }
}
