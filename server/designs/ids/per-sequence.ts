import type { Ids, SequenceName } from './ids.ts'

/** Ids of some sequences from sources of their own, all others from one. */
export const perSequence = (rest: Ids, own: Partial<Record<SequenceName, Ids>>): Ids => ({
  take: (ctx, db, sequence, count) => (own[sequence] ?? rest).take(ctx, db, sequence, count),
})
