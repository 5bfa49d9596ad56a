import { amount, duration, percent } from '../judge/format.ts'
import { type Recovery, stretchMs } from '../judge/recovery.ts'
import {
  type DocumentNode,
  figureColumns,
  paragraph,
  section,
  table,
  textColumns,
} from '../report/document.ts'
import type { RehearsalReport } from './result.ts'

/** A section of a run with faults: what they did to each arm, and how long that lasted. */
export function recoverySection({ recoveries }: RehearsalReport): DocumentNode[] {
  if (recoveries === null) return []
  const lines = Object.entries(recoveries).map(([name, found]) => {
    if (typeof found === 'string') return [name, '–', '–', '–', '–', 'not known']
    const { beforePercent, duringPercent, attemptsBefore, attemptsDuring } = found
    return [
      ...[name, percent(beforePercent), percent(duringPercent)],
      ...[amount(attemptsBefore), amount(attemptsDuring), recoveryWords(found)],
    ]
  })
  const columns = [
    ...textColumns('design'),
    ...figureColumns('served before', 'during', 'tries before', 'during'),
    ...textColumns('recovered'),
  ]
  return [
    section('Did it recover?', [
      paragraph(
        'A design has recovered as soon as those who come within ' +
          `${duration(stretchMs)} are served at 95 % of the share of before the fault, counted ` +
          'from the end of the last fault. One that does not, although its cause is gone, is ' +
          'in a metastable failure: its own retries or backlog keep it down. Tries are ' +
          'requests for each thing that a customer wanted.',
      ),
      table(columns, lines),
    ]),
  ]
}

function recoveryWords({ blocks, recovered, recoveredAfterMs: after, watchedMs }: Recovery) {
  const share = blocks === 1 ? '' : `${recovered} of ${blocks} blocks, `
  if (!after) return `${share}not within ${duration(watchedMs)}`
  const longest = after.longest > after.median ? `, longest ${duration(after.longest)}` : ''
  return `${share}after ${duration(after.median)}${longest}`
}
