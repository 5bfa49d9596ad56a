import type { Experiment } from '../run/experiment.ts'

/** One measured figure against its floor. */
export interface Figure {
  name: string
  value: number
  /** 95 % bootstrap interval of the value. */
  low: number
  high: number
  /** What the value must reach (`higher`) or must not exceed (`lower`). */
  floor: number
  /** What is hoped for, beyond the floor. */
  aim?: number
  better: 'higher' | 'lower'
  unit: string
  /** A sentence that the figure alone would not tell. */
  note?: string
}

export interface Benchmark {
  name: string
  /** One sentence: what is divided by what. */
  summary: string
  /** Measures in interleaved rounds. @param advance says how far it is, 0..1 */
  measure(experiment: Experiment, advance: (fraction: number) => void): Promise<Figure[]>
}

/** Whether the median reaches its floor. */
export function reaches({ value, floor, better }: Figure): boolean {
  return better === 'higher' ? value >= floor : value <= floor
}
