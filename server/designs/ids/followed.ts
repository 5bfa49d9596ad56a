import { Problem } from '../../errors.ts'
import type { Ids, SequenceName } from './ids.ts'
import { SourceRetired } from './source-retired.ts'

/** A successor may have been retired in its turn; more moves than this never come at once. */
const movesMax = 3

/** Of a process: where retired sources send it, and how often they did. */
export interface Successors {
  /** The opened option of the axis `ids`; undefined where this version has none of that name. */
  option(name: string): Ids | undefined
  /** Ids that were asked of a retired source and taken from its successor, by sequence. */
  readonly redirected: Record<SequenceName, number>
}

/**
 * Ids that follow a sequence to where it has moved.
 * in: takes by whatever flags, saga or header chose the source · out: ids of the source that has
 * the sequence now · race closed: a process that has not read the flags yet uses the old source
 * beside the new one; the retired source itself refuses, under the lock of the move, and names its
 * successor.
 */
export const followed = (ids: Ids, { option, redirected }: Successors): Ids => ({
  async take(ctx, db, sequence, count) {
    let source = ids
    for (let moves = 0; ; moves += 1) {
      try {
        return await source.take(ctx, db, sequence, count)
      } catch (error) {
        if (!(error instanceof SourceRetired)) throw error
        const next = moves < movesMax ? option(error.successor) : undefined
        if (!next) throw new Problem('ids-unavailable', { detail: error.message, cause: error })
        ctx.tickets.skipTo(sequence, error.first)
        redirected[sequence] += count
        source = next
      }
    }
  },
})
