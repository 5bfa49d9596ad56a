/** Kinds of answers that are cached; `day` = one day's totals, which popular is merged from. */
export const readKinds = ['products', 'product', 'popular', 'day'] as const

export type ReadKind = (typeof readKinds)[number]

/**
 * How a reader came by the answer: new, stale while it is rebuilt, made while the reader waited, or
 * waited for while another reader made it.
 */
export const readOutcomes = ['hit', 'stale', 'miss', 'wait'] as const

export type ReadOutcome = (typeof readOutcomes)[number]

export interface ReadCounts extends Record<ReadOutcome, number> {
  rebuilds: number
  rebuildFailures: number
  rebuildMs: number
  redisErrors: number
  /** Values found in Redis that were not ours or not whole. */
  refused: number
}

export const noCounts = (): Record<ReadKind, ReadCounts> => {
  const none = {
    ...{ hit: 0, stale: 0, miss: 0, wait: 0, rebuilds: 0, rebuildFailures: 0, rebuildMs: 0 },
    ...{ redisErrors: 0, refused: 0 },
  }
  return Object.fromEntries(readKinds.map((kind) => [kind, { ...none }])) as Record<
    ReadKind,
    ReadCounts
  >
}
