import type { BlockTestBed } from '../run/block.ts'

/** The names that `./stampede reproduce` takes. */
export const sourceNames = [
  'S1',
  'S3-locks',
  'S3-cache',
  'S3-index',
  'S3-effects',
  'S4',
  'S5',
] as const
export type SourceName = (typeof sourceNames)[number]

/** One way of doing it, as the source did and as it is done here. */
export interface Measured {
  /** What the source calls it. */
  name: string
  /** Our option: `stock=row-lock`. */
  option: string
  /** The source's own figure in the row's unit; null where it tells none. */
  theirs: number | null
  /** Ours, one a round: the k-th of every design were measured side by side. */
  ours: number[]
}

/** One figure of the source. The first design is what the others are compared with. */
export interface Row {
  what: string
  unit: 'ms' | 'orders/s' | 'ids/s' | '% failed' | 'deadlocks' | 'inversions'
  better: 'lower' | 'higher'
  designs: Measured[]
  /** What a reader must know to compare the two columns. */
  note?: string
}

/** Whether the data was right afterwards, design by design. */
export interface Audited {
  design: string
  /** What does not agree, a line each; empty = all is well. */
  findings: string[]
  /** True for a design that is known to break: green would be the surprise. */
  isKnownBad: boolean
}

export interface Outcome {
  rows: Row[]
  audits: Audited[]
  /** What else was seen, a sentence each. */
  seen: string[]
}

export interface ReproduceRig extends BlockTestBed {
  /** Fewer rounds and shorter ones: the shape, not the figure. */
  quick: boolean
  seed: number
}

/** One field report, set up as it tells and run here. */
export interface Reproduction {
  name: SourceName
  title: string
  /** What the source did and what it measured, in a sentence or two. */
  told: string
  /** @param advance says how far it is, 0..1 */
  reproduce(testBed: ReproduceRig, advance: (fraction: number) => void): Promise<Outcome>
}
