import type { Ratio } from '../rehearse/result.ts'
import { ratioOf } from '../rehearse/statistics.ts'

/**
 * Measures two things in turn, A B B A …, so that a drift of the machine favours neither.
 * @param measure gives a figure of the same unit for both
 * @param advance told how far it is, 0..1
 * @returns B ÷ A: the median over neighbouring pairs with its interval, and the medians' parts
 */
export async function interleaved(
  [a, b]: readonly [measure: () => Promise<number>, measure: () => Promise<number>],
  rounds: number,
  advance: (fraction: number) => void,
): Promise<{ ratio: Ratio; a: number[]; b: number[] }> {
  const figures = { a: [] as number[], b: [] as number[] }
  for (let round = 0; round < rounds; round += 1) {
    const turns = [
      async () => void figures.a.push(await a()),
      async () => void figures.b.push(await b()),
    ]
    for (const turn of round % 2 === 0 ? turns : turns.toReversed()) await turn()
    advance((round + 1) / rounds)
  }
  const ratios = figures.b.map((figure, index) => figure / (figures.a[index] ?? Number.NaN))
  return { ratio: ratioOf(ratios, 1), ...figures }
}
