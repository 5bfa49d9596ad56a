import { median } from 'simple-statistics'
import { estimate } from '../judge/inference.ts'
import type { Ratio } from '../run/result.ts'

/** Reports how far a measurement is, 0 to 1. */
export type Advance = (fraction: number) => void

/** The progress of one of `count` equal parts. */
export const partOf =
  (advance: Advance, index: number, count: number): Advance =>
  (fraction) =>
    advance((index + fraction) / count)

/**
 * Measures every design once a round, each round in the other direction, so that a drift of the
 * machine favours none.
 * @returns the results of each design, one a round
 */
export async function inTurns<Name extends string, Result>(
  names: readonly Name[],
  rounds: number,
  measure: (name: Name, round: number) => Promise<Result>,
  advance: Advance,
): Promise<Record<Name, Result[]>> {
  const empty = names.map((name): [Name, Result[]] => [name, []])
  const results = Object.fromEntries(empty) as Record<Name, Result[]>
  for (let round = 0; round < rounds; round += 1) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      results[name].push(await measure(name, round))
    }
    advance((round + 1) / rounds)
  }
  return results
}

/**
 * Measures two things in turn, A B B A …
 * @param measures give a figure of the same unit each
 * @returns B ÷ A: the geometric mean over neighbouring pairs with its interval; and the figures
 */
export async function interleaved(
  [a, b]: readonly [measure: () => Promise<number>, measure: () => Promise<number>],
  rounds: number,
  advance: Advance,
): Promise<{ ratio: Ratio; a: number[]; b: number[] }> {
  const measures = { a, b }
  const figures = await inTurns(['a', 'b'], rounds, (name) => measures[name](), advance)
  return { ratio: estimate(quotients(figures.b, figures.a)), ...figures }
}

/** Pair by pair; NaN where there is no divisor. */
export const quotients = (dividends: readonly number[], divisors: readonly number[]): number[] =>
  dividends.map((dividend, index) => dividend / (divisors[index] ?? Number.NaN))

/** Median of rates per second, in words. */
export const rateText = (rates: number[]): string =>
  `${Math.round(median(rates)).toLocaleString('en')}/s`
