import type { LostPiece } from '../run/pieces.ts'
import type { RunReport, RunVerdict } from '../run/result.ts'
import { type Cell, isWorse, type Kind, unbitten } from './classify.ts'
import { type DesignName, type FaultPromise, promises } from './promises.ts'
import type { FaultRow } from './run-fault.ts'

/** A cell beside its promise. */
export interface JudgedCell extends Cell {
  promised: Kind
  /** Worse than promised. */
  isBroken: boolean
}

export interface JudgedRow extends Omit<FaultRow, 'cells'> {
  design: DesignName
  cells: JudgedCell[]
}

/** report.json of a matrix. */
export interface MatrixResult extends Omit<RunReport, 'reasons'> {
  rows: JudgedRow[]
  lost: LostPiece[]
}

/** @param promised of all faults; those of the registry if absent */
export function judgeRow(
  design: DesignName,
  row: FaultRow,
  promised: Record<string, FaultPromise> = promises,
): JudgedRow {
  const { worst, spares = [] } = promised[row.fault] ?? {}
  const isSpared = row.injected === 0 && spares.includes(design)
  const cells = row.cells.map(({ doubt: found, ...rest }): JudgedCell => {
    const doubt = isSpared && found === unbitten ? undefined : found
    const cell: Cell = { ...rest, ...(doubt === undefined ? {} : { doubt }) }
    const mayBe = worst?.[design][cell.verb] ?? 'works'
    const isBroken = cell.doubt === undefined && isWorse(cell.kind, mayBe)
    // Data are never to be wrong, whatever else is in doubt.
    return { ...cell, promised: mayBe, isBroken: isBroken || cell.kind === 'wrong data' }
  })
  return { ...row, design, cells }
}

/**
 * Wrong data is a broken invariant, a promise that is broken otherwise a target that was missed;
 * a cell that says nothing leaves the matrix untrusted.
 */
export function verdictOf({ rows, lost }: Pick<MatrixResult, 'rows' | 'lost'>): RunVerdict {
  const cells = rows.flatMap((row) => row.cells)
  if (cells.some(({ kind }) => kind === 'wrong data')) return 'invariant-broken'
  if (cells.some(({ isBroken }) => isBroken)) return 'target-missed'
  const isOpen = lost.length > 0 || cells.length === 0 || cells.some(({ doubt }) => doubt)
  return isOpen ? 'untrusted' : 'as-expected'
}
