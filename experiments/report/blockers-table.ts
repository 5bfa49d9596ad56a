import { duration } from '../judge/format.ts'
import type { Blocker } from '../run/locks.ts'
import { type DocumentNode, figureColumns, paragraph, table, textColumns } from './document.ts'

/** Whom others waited for, by design. */
export interface BlockersOf {
  name: string
  blockers: readonly Blocker[]
}

/** Sessions that held row locks which others waited for, the longest wait first. */
export function blockersTable(designs: readonly BlockersOf[]): DocumentNode[] {
  const columns = [
    ...textColumns('design', 'its statement, or the last one seen'),
    ...figureColumns('session', 'waiting for it', 'longest wait'),
    ...textColumns('meanwhile'),
  ]
  const lines = designs.flatMap(({ name, blockers }) =>
    blockers.map(({ session, statement, waiting, waitedMs, isIdle }) => [
      ...[name, statement ?? '–', session, String(waiting)],
      waitedMs > 0 ? duration(waitedMs) : 'one look',
      isIdle ? 'it waited for its client' : 'it ran a statement',
    ]),
  )
  return [
    paragraph(
      'Transactions that waited for no lock themselves while others waited for theirs, as looks ' +
        'at InnoDB have seen them. One that waits for its client keeps its locks while the ' +
        'application does something else, such as asking a bank.',
    ),
    table(columns, lines),
  ]
}
