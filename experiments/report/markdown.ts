import type { Report } from '../run/result.ts'
import { escaped, list, table } from './markdown-text.ts'
import { checkRowsOf, checkText, comparisonOf, hasThinP99 } from './rows.ts'
import { headline, howToRead, repeatCommand, VERDICT_WORDS } from './words.ts'

/** The report as GitHub-flavoured Markdown; `promises` says what each checker stands for. */
export function renderMarkdown(report: Report, promises: Record<string, string> = {}): string {
  const { sign, word } = VERDICT_WORDS[report.verdict]
  const parts = [
    `# Rehearsal: ${escaped(report.scenario)}`,
    `**${sign} ${word}.** ${escaped(headline(report))}`,
    list([...report.claims, ...report.reasons].map(escaped)),
    '## Before and after',
    comparison(report),
    '## Checks',
    checks(report, promises),
    brokenExamples(report),
    '## The rig',
    rig(report),
    '## Repeat it',
    `\`\`\`sh\n${repeatCommand(report.plan)}\n\`\`\``,
    '## How to read this',
    list(howToRead(report).map(escaped)),
  ]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

function comparison(report: Report): string {
  const arms = Object.keys(report.arms)
  const ratio = report.ratios ? ['ratio (95 % interval)'] : []
  const rows = comparisonOf(report).flatMap(({ title, rows }) => [
    [`**${title}**`, ...arms.map(() => ''), ...ratio.map(() => '')],
    ...rows.map((row) => [row.label, ...row.cells, ...(ratio.length > 0 ? [row.ratio] : [])]),
  ])
  const designs = Object.entries(report.arms).map(
    ([name, arm]) => `${escaped(name)} = \`${arm.design.replaceAll('`', "'")}\``,
  )
  const note = hasThinP99(report) ? '\n\n\\* from fewer than 1,000 checkouts: indicative only.' : ''
  return `${list(designs)}\n\n${table(['', ...arms.map(escaped), ...ratio], rows)}${note}`
}

function checks(report: Report, promises: Record<string, string>): string {
  const arms = Object.keys(report.arms)
  const rows = checkRowsOf(report).map(({ name, cells }) => [
    escaped(name),
    escaped(promises[name] ?? ''),
    ...cells.map(checkText),
  ])
  return table(['check', 'promise', ...arms.map(escaped)], rows)
}

function brokenExamples(report: Report): string {
  return list(
    Object.entries(report.arms).flatMap(([arm, { checkers }]) =>
      checkers
        .filter((check) => check.verdict !== 'true' && check.first !== undefined)
        .map((check) => `${escaped(arm)}, ${escaped(check.name)}: ${escaped(check.first ?? '')}`),
    ),
  )
}

function rig({ versions, generator, noiseFloor, startedAt }: Report): string {
  const settings = Object.entries(versions.databaseSettings).map(
    ([name, value]) => `${name} = ${value}`,
  )
  return list(
    [
      `Stampede ${versions.stampede} (${versions.gitCommit}), Bun ${versions.bun}`,
      versions.driver,
      `${versions.database}, ${versions.redis}; ${settings.join(', ')}`,
      `${versions.machine}, ${versions.cores} cores, ${versions.memoryGiB} GiB, fsync ` +
        `${versions.fsyncMicros} µs`,
      `Generator: ${generator.cpuPercent.toFixed(0)} % of a core at most, ` +
        `${generator.droppedPercent.toFixed(2)} % dropped; noise floor of goodput ` +
        `${noiseFloor ? `${Math.round(noiseFloor.goodput * 100)} %` : 'unknown'}`,
      `Started ${startedAt}`,
      ...versions.notExercised.map((what) => `Not exercised: ${what}`),
    ].map(escaped),
  )
}
