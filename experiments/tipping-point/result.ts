import type { ArmSpec, RunReport, RunVerdict } from '../run/result.ts'
import type { TippingRun } from './judge-run.ts'
import type { TippingOptions } from './options.ts'
import { type Cell, cellsOf, isGivenUp, nextTrigger } from './search.ts'

/** What a design made of one rate. */
export interface RateRow {
  rate: number
  cells: Cell[]
  /** In the order in which they ran; none where a lower rate could not say already. */
  runs: TippingRun[]
  /** The border is known, or there is none among the lengths that were asked for. */
  isDecided: boolean
}

export interface ArmMap {
  arm: ArmSpec
  rows: RateRow[]
}

/** report.json of a search for tipping points. */
export interface TippingResult extends Omit<RunReport, 'reasons'>, Asked {
  maps: ArmMap[]
}

type Asked = Pick<
  TippingOptions,
  'fault' | 'triggers' | 'rates' | 'runsEach' | 'watchSeconds' | 'seed' | 'driver'
>

/** @param triggers ascending, seconds */
export function rateRow(
  rate: number,
  runs: TippingRun[],
  triggers: readonly number[],
  runsEach: number,
): RateRow {
  const isOver = nextTrigger(runs, triggers, runsEach) === undefined
  const isDecided = runs.length > 0 && isOver && !isGivenUp(runs)
  return { rate, cells: cellsOf(runs, triggers), runs, isDecided }
}

/**
 * An invariant broke where an audit was red; untrusted where no rate of a design is decided: then
 * nothing is known of it.
 */
export function verdictOf(maps: readonly ArmMap[]): RunVerdict {
  const runs = maps.flatMap(({ rows }) => rows.flatMap((row) => row.runs))
  if (runs.some(({ audit }) => audit === 'red')) return 'invariant-broken'
  const isKnown = ({ rows }: ArmMap) => rows.some(({ isDecided }) => isDecided)
  return maps.every(isKnown) ? 'as-expected' : 'untrusted'
}
