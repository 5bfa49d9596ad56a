import { ratioOf } from '../judge/statistics.ts'
import type { Ratio } from '../run/result.ts'

/**
 * Measures every design once a round, each round in the other direction, so that a drift of the
 * machine favours none.
 * @returns the figures of each design, one a round
 */
export async function inTurns<Name extends string>(
  names: readonly Name[],
  rounds: number,
  measure: (name: Name, round: number) => Promise<number>,
  advance: (fraction: number) => void,
): Promise<Record<Name, number[]>> {
  const figures = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<
    Name,
    number[]
  >
  for (let round = 0; round < rounds; round += 1) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      figures[name].push(await measure(name, round))
    }
    advance((round + 1) / rounds)
  }
  return figures
}

/**
 * Measures two things in turn, A B B A …
 * @param measure gives a figure of the same unit for both
 * @param advance told how far it is, 0..1
 * @returns B ÷ A: the median over neighbouring pairs with its interval, and the medians' parts
 */
export async function interleaved(
  [a, b]: readonly [measure: () => Promise<number>, measure: () => Promise<number>],
  rounds: number,
  advance: (fraction: number) => void,
): Promise<{ ratio: Ratio; a: number[]; b: number[] }> {
  const measures = { a, b }
  const figures = await inTurns(['a', 'b'], rounds, (name) => measures[name](), advance)
  const ratios = figures.b.map((figure, index) => figure / (figures.a[index] ?? Number.NaN))
  return { ratio: ratioOf(ratios, 1), ...figures }
}
