import { Problem } from '../../errors.ts'
import { axes, type OptionName } from '../axes.ts'
import { type SequenceName, sequenceNames } from '../ids/ids.ts'
import type { SequenceMove } from '../ids/move-sequence.ts'
import { numberRanges, type RangeName } from '../ids/number-ranges.ts'
import { optionIn } from './flags.ts'
import type { Mix } from './mix.ts'

const rangeOf = (option: string): RangeName => axes.ids.options[option as OptionName<'ids'>].range

/** The options that give ids of a sequence, over all shares of the customers. */
const sourcesOf = ({ designs }: Mix, sequence: SequenceName): string[] => [
  ...new Set(designs.map((design) => optionIn(design, `ids.${sequence}`))),
]

const isProvoked = ({ flags }: Mix, sequence: SequenceName): boolean =>
  (flags[`ids.${sequence}`] ?? flags.ids)?.isProvoked === true

/** Sources whose counters the database can raise: a sequence may go from either to the other. */
const countsInDatabase = (range: RangeName) => range === 'sequenceRows' || range === 'tickets'

/**
 * The sequences that a change moves from one source of ids to another.
 * @param start of the new sources: their first id at least
 * @throws Problem `design-refused` where the new source would give smaller ids than the old one
 */
export function movesOf(current: Mix, next: Mix, start?: number): SequenceMove[] {
  const moves = sequenceNames.flatMap((sequence): SequenceMove[] => {
    const [was, is] = [sourcesOf(current, sequence), sourcesOf(next, sequence)]
    const [from, to] = [rangesOf(was), rangesOf(is)]
    if (from.length === 1 && to.length === 1 && from[0] === to[0]) return []
    const [range] = to
    if (to.length > 1 || range === undefined) return [{ sequence, to: undefined }]
    if (!isProvoked(next, sequence)) refuseLower(sequence, from, range, is[0] ?? '')
    return [{ sequence, to: { option: is[0] ?? '', range }, start }]
  })
  if (start === undefined || moves.some(({ to }) => to && countsInDatabase(to.range))) return moves
  throw new Problem('design-refused', {
    detail: 'a start is of a sequence that moves to the ticket server or to its row',
    field: 'start',
  })
}

const rangesOf = (options: readonly string[]): RangeName[] => [...new Set(options.map(rangeOf))]

function refuseLower(
  sequence: SequenceName,
  from: readonly RangeName[],
  to: RangeName,
  option: string,
): void {
  const higher = from.find(
    (range) =>
      !(countsInDatabase(range) && countsInDatabase(to)) &&
      numberRanges[range].first > numberRanges[to].first,
  )
  if (higher === undefined) return
  const { last } = numberRanges[to]
  const detail =
    `${option} ends at ${last}, and ${sequence} has had ids from ` +
    `${numberRanges[higher].first} on: later rows would have the smaller id. ` +
    'Keep the source, or send "provoke": true'
  throw new Problem('design-refused', { detail, field: 'option' })
}
