import { exitCodeOf } from '../judge/exit-code.ts'
import { amount } from '../judge/format.ts'
import type { Environment, RunVerdict } from '../run/result.ts'
import { type DocumentNode, type Fact, notes, onlyIn, paragraph, section } from './document.ts'
import { verdictWords } from './words.ts'

/** Versions, machine and database settings: what the figures were measured with. */
export function environmentFacts(versions: Environment): Fact[] {
  return [
    ['Stampede', `${versions.stampede}, commit ${versions.gitCommit}`],
    ['Bun', versions.bun],
    ['driver', versions.driver],
    ['database', versions.database],
    ['Redis', versions.redis],
    ['machine', `${versions.machine}, ${versions.cores} cores, ${versions.memoryGiB} GiB`],
    ['fsync', `${amount(versions.fsyncMicros)} µs, median`],
    ...Object.entries(versions.databaseSettings),
    ...(versions.alsoRunning?.length
      ? [['also running', versions.alsoRunning.join(', ')] as Fact]
      : []),
    ...(versions.variables?.length ? [['variables', versions.variables.join(', ')] as Fact] : []),
  ]
}

/** The same in a line, for a terminal. @param others stand before it */
export function environmentLine(versions: Environment, others: readonly string[]): DocumentNode {
  const { database, fsyncMicros, cores } = versions
  const durable = durabilityOf(versions)
  const facts = [...others, database, ...durable, `fsync ${fsyncMicros} µs`, `${cores} cores`]
  return onlyIn(['terminal'], paragraph(facts.join(', ')))
}

/** What decides how much a commit costs, and how much of it outlasts a crash. */
function durabilityOf({ databaseSettings }: Environment): string[] {
  const names = {
    'flush at commit': 'innodb_flush_log_at_trx_commit',
    doublewrite: 'innodb_doublewrite',
    'binary log': 'log_bin',
  }
  return Object.entries(names).flatMap(([words, name]) => {
    const value = databaseSettings[name]
    return value === undefined ? [] : [`${words} ${value.toLowerCase()}`]
  })
}

/** What was measured with, and what was left out; a terminal shows its own line instead. */
export function environmentSections(versions: Environment, columns: Fact[][]): DocumentNode[] {
  const { notExercised } = versions
  return [
    section('What this was measured with', [{ kind: 'facts', columns }]),
    ...(notExercised.length > 0 ? [section('What was not exercised', [notes(notExercised)])] : []),
  ].map((node) => onlyIn(['markdown', 'html'], node))
}

/** The command that runs it again, how to read the report, and what the exit code means. */
export function closingSections(
  command: string,
  reading: readonly string[],
  verdict: RunVerdict,
): DocumentNode[] {
  const exitCode =
    `Exit code ${exitCodeOf(verdict)}: ${verdictWords[verdict].word}. 0 as expected, 1 an ` +
    'invariant broke, 2 a target was missed, 3 not to be trusted.'
  return [
    section('Repeat it', [{ kind: 'code', text: command }]),
    onlyIn(['markdown', 'html'], section('How to read this', [notes([...reading, exitCode])])),
  ]
}
