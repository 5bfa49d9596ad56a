import type { LostPiece } from '../../run/pieces.ts'
import type { Environment } from '../../run/result.ts'
import type { Outcome, Reproduction } from '../reproduction.ts'
import { comparisonsOf, type verdictOf } from '../shape.ts'

/** A whole run of `./stampede reproduce`, as report.json has it. */
export interface ReproduceReport {
  verdict: ReturnType<typeof verdictOf>
  startedAt: string
  seed: number
  quick: boolean
  versions: Environment
  /** Sources that could not be run to their end. */
  lost: LostPiece[]
  sources: (Pick<Reproduction, 'name' | 'title' | 'told'> & Outcome)[]
}

/** One line of the report's table: a design of a row, with what is said of it. */
export interface Line {
  what: string
  design: string
  option: string
  theirs: string
  ours: string
  /** How many times better than the row's first, there. */
  factorThere: string
  /** The same here, with its 95 % interval. */
  factorHere: string
  verdict: string
}

/** The table of one source, ready to be shown. @param format of figures and factors */
export function linesOf({ rows }: Outcome, seed: number, format: Format): Line[] {
  return rows.flatMap((row) => {
    const compared = comparisonsOf([row], seed)
    return row.designs.map((design, index): Line => {
      const found = compared.find(({ other }) => other === design)
      return {
        what: index === 0 ? `${row.what} (${row.unit}, ${row.better} is better)` : '',
        design: design.name,
        option: design.option,
        theirs: design.theirs === null ? '–' : format.figure(design.theirs),
        ours: format.spread(design.ours),
        factorThere: found?.theirs ? format.factor(found.theirs) : '',
        factorHere: found ? format.interval(found.ours) : '',
        verdict: found?.verdict ?? '',
      }
    })
  })
}

export interface Format {
  figure(value: number): string
  spread(values: readonly number[]): string
  factor(value: number): string
  interval(ratio: { value: number; low: number; high: number }): string
}
