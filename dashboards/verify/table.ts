import Table from 'cli-table3'
import type { Verified } from './verify.ts'

const noLines = Object.fromEntries(
  ['top', 'bottom', 'left', 'right', 'mid', 'middle']
    .concat('top-mid', 'top-left', 'top-right', 'bottom-mid', 'bottom-left', 'bottom-right')
    .concat('left-mid', 'mid-mid', 'right-mid')
    .map((place) => [place, '']),
)

/** One line a query, for the terminal; no query texts, they are in the JSON. */
export function asTable(verified: Verified[]): string {
  const table = new Table({
    head: ['board', 'panel', 'series', 'last', 'verdict', ''],
    style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 1 },
    chars: noLines,
    colAligns: ['left', 'left', 'right', 'right', 'left', 'left'],
  })
  for (const { board, panel, series, lastValue, verdict, note } of verified) {
    table.push([board, panel, series, shortened(lastValue), verdict, note.slice(0, 80)])
  }
  return table.toString()
}

/** What it came to, and every failure with its query. */
export function summary(verified: Verified[]): string {
  const bad = verified.filter(({ passed }) => !passed)
  const lines = bad.map(
    ({ board, panel, verdict, note, query }) =>
      `${verdict}: ${board} / ${panel}: ${note}\n    ${query.trim().replaceAll(/\s+/g, ' ')}`,
  )
  return [...lines, `${verified.length} queries, ${bad.length} without what they should find`].join(
    '\n',
  )
}

function shortened(value: string | null): string {
  if (value === null) return ''
  const number = Number(value)
  return value === '' || !Number.isFinite(number) ? value : String(Number(number.toPrecision(4)))
}
