import type { Block } from '../run/result.ts'
import { interval, wholePercent } from './format.ts'
import { decide, type Estimate, estimate } from './inference.ts'

/** By how much journeys may still change at the end of a warm-up: 0.1 = 10 %. */
export const steadyWithin = 0.1

/** How an arm was changing when its crowds came. */
export interface Steadiness {
  state: 'steady' | 'getting faster' | 'getting slower' | 'not decided' | 'unknown'
  /** Mean time of a journey in the last third of the warm-ups ÷ in the third before. */
  ratio: Estimate | null
}

const states = {
  equivalent: 'steady',
  lower: 'getting faster',
  higher: 'getting slower',
  undecided: 'not decided',
} as const

/**
 * Compares neighbouring thirds of the warm-ups of an arm, as Geweke (1992) compares parts of a
 * chain. Steady is shown, not assumed: it takes an equivalence test (Schuirmann 1987) over the
 * blocks. With so many callers at once the time of a journey is the inverse of the throughput.
 * @returns unknown where a block's warm-up was too short to have thirds
 */
export function steadinessOf(blocks: readonly Pick<Block, 'warmUp'>[]): Steadiness {
  const ratios = blocks.flatMap(({ warmUp: { end } }) => (end ? [end.lastMs / end.beforeMs] : []))
  if (ratios.length === 0 || ratios.length < blocks.length) return { state: 'unknown', ratio: null }
  return { state: states[decide(ratios, steadyWithin)], ratio: estimate(ratios) }
}

/** `steady within 10 %: 0.99 × (0.96 to 1.02) the time of the third before` */
export function steadinessWords({ state, ratio }: Steadiness): string {
  const bound = state === 'steady' ? ` within ${wholePercent(steadyWithin)}` : ''
  if (!ratio) return 'unknown whether steady: the warm-up was too short'
  const shown = state === 'not decided' ? 'not decided whether steady' : `${state}${bound}`
  return `${shown}: in its last third ${interval(ratio)} the time of the third before`
}
