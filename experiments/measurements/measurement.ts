import type { LoadShape } from '../../loadtests/jmeter/shapes.ts'
import { knownBadOf, knownBy } from '../judge/audit.ts'
import type { DocumentNode } from '../report/document.ts'
import type { LineChart } from '../report/line-chart.ts'
import type { BlockTestBed } from '../run/block.ts'
import type { Experiment } from '../run/experiment.ts'
import type { Advance } from './turns.ts'

/**
 * A measurement of `./stampede bench`, in interleaved rounds: its figures are held against floors
 * of ours.
 * @returns none if a tool that it needs is missing
 */
export type Benchmark = (experiment: Experiment, advance: Advance) => Promise<Figure[]>

/** One measured figure against its floor. */
export interface Figure {
  name: string
  value: number
  /** Ends of the interval of the value; of fewer than six rounds, of their range. */
  low: number
  high: number
  /** What the value must reach (`higher`) or must not exceed (`lower`). */
  floor: number
  /** The goal beyond the floor. */
  aim?: number
  better: 'higher' | 'lower'
  unit: string
  /** What the figure alone does not show. */
  note?: string
}

/** Where a figure is beside its floor, by its whole interval: one across it decides nothing. */
export type Standing = 'reached' | 'missed' | 'not decided'

export function standingOf({ low, high, floor, better }: Figure): Standing {
  const [worst, best] = better === 'higher' ? [low, high] : [-high, -low]
  const bound = better === 'higher' ? floor : -floor
  if (worst >= bound) return 'reached'
  return best < bound ? 'missed' : 'not decided'
}

/** A measurement of `./stampede reproduce`: its figures are held against those of a source. */
export type Reproduction = (testBed: SourceTestBed, advance: Advance) => Promise<Outcome>

export interface SourceTestBed extends BlockTestBed {
  /** Fewer and shorter rounds: the trend, not the figure. */
  quick: boolean
  seed: number
  /** Of JMeter’s plan, those to run, in this order. */
  loadShapes: readonly LoadShape[]
}

export interface Outcome {
  rows: Row[]
  audits: Audited[]
  /** Further observations, a sentence each. */
  remarks: string[]
  /** Tables and pictures of its own, below its rows. */
  nodes?: DocumentNode[]
  /** Lines over time; HTML only. */
  charts?: LineChart[]
}

/** One figure of the source. The first design is what the others are compared with. */
export interface Row {
  what: string
  unit:
    | 'ms'
    | 'orders/s'
    | 'ids/s'
    | 'coupons/s'
    | 's'
    | 'requests'
    | '% failed'
    | 'deadlocks'
    | 'inversions'
  better: 'lower' | 'higher'
  designs: Measured[]
  /** What a reader must know to compare the two columns. */
  note?: string
}

/** One design, in the source and here. */
export interface Measured {
  /** The source's name for it. */
  name: string
  /** Our option: `stock=row-lock`. */
  option: string
  /** The source's own figure in the row's unit; null if it has none. */
  theirs: number | null
  /** Ours, one a round: the k-th of every design were measured side by side. */
  ours: number[]
}

/** The audit of one design. */
export interface Audited {
  design: string
  /** What does not agree and must, a line each; empty = all is well. */
  findings: string[]
  /** What does not agree, as the entries of its options say. */
  known: string[]
}

/**
 * An audit, judged by the rule of a rehearsal.
 * @param lines what does not agree, each with the name of its check before a colon
 * @param designs that may have caused it; none = nothing is known
 */
export function audited(design: string, lines: string[], designs: string[] = []): Audited {
  const failures = designs.flatMap(knownBadOf)
  const isKnown = (line: string) => knownBy(line.split(':')[0] ?? '', failures) !== undefined
  const [known = [], findings = []] = [true, false].map((wanted) =>
    lines.filter((line) => isKnown(line) === wanted),
  )
  return { design, findings, known }
}

/**
 * The designs of a row, each an option of one axis.
 * @param results of each option, one a round
 * @param theirs the source's own figures, where it has them
 * @param titles the source's names for the options, where they are not ours
 */
export const designsOf = <Name extends string, Result>(
  axis: string,
  results: Record<Name, Result[]>,
  figureOf: (result: Result) => number,
  { theirs = {}, titles = {} }: { theirs?: ByOption<number>; titles?: ByOption<string> } = {},
): Measured[] =>
  Object.entries<Result[]>(results).map(([name, own]) => ({
    name: titles[name] ?? name,
    option: `${axis}=${name}`,
    theirs: theirs[name] ?? null,
    ours: own.map(figureOf),
  }))

type ByOption<Value> = { readonly [option: string]: Value }
