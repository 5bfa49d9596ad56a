import { amount } from './format.ts'
import { claimPairsMin, intervalPairsMin } from './inference.ts'
import type { JudgedArm } from './judged-run.ts'
import { goodputPerSecondOf, P99_SAMPLES_MIN } from './summarize.ts'
import { timesOf } from './times.ts'

/** What a reader must know about the ratios between these arms, a sentence each. */
export const caveatsOf = (arms: readonly JudgedArm[]): string[] => [
  ...fewPairs(arms),
  ...zeroGoodput(arms),
  ...thinSamples(arms),
]

function fewPairs(arms: readonly JudgedArm[]): string[] {
  const pairs = Math.min(...arms.map(({ blocks }) => blocks.length))
  if (pairs >= intervalPairsMin) return []
  const claims = pairs < claimPairsMin ? ` and under ${claimPairsMin} make no claim` : ''
  return [
    `The ratios rest on ${pairs} pairs of blocks: under ${intervalPairsMin} have a range and no ` +
      `interval${claims}.`,
  ]
}

function zeroGoodput(arms: readonly JudgedArm[]): string[] {
  return arms.flatMap(({ name, blocks }) => {
    const zero = blocks.filter((block) => goodputPerSecondOf([block]) === 0)
    if (zero.length === 0) return []
    return [
      `${name} was paid nothing in ${zero.length} of ${blocks.length} blocks: counted as one ` +
        'paid order over the block, so the ratio is a bound.',
    ]
  })
}

function thinSamples(arms: readonly JudgedArm[]): string[] {
  const [thinnest] = arms
    .flatMap(({ name, blocks }) =>
      blocks.map((block) => ({ name, samples: timesOf([block], 'checkout')?.samples ?? 0 })),
    )
    .sort((a, b) => a.samples - b.samples)
  if (!thinnest || thinnest.samples >= P99_SAMPLES_MIN) return []
  return [
    `Every p99 ratio is indicative: the thinnest block of ${thinnest.name} has ` +
      `${amount(thinnest.samples)} checkouts, a p99 needs ${amount(P99_SAMPLES_MIN)}.`,
  ]
}
