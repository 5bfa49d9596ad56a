import type { Stage } from './profiles.ts'
import { journeyRandom, type Random } from './random.ts'

/** Evenly spread under the curve, or at random moments that do not know of each other. */
export const arrivalKinds = ['even', 'poisson'] as const
export type Arrivals = (typeof arrivalKinds)[number]

/** Of random arrivals, rate × seconds: k6 keeps a stage for each, which are 150 MB by then. */
export const poissonJourneysMax = 50_000

/** The area is often a whole number that rounding leaves just short of itself. */
const areaRounding = 1e-6

/** Streams 0 and 1 of a seed are its customers and their back-off. */
const arrivalStream = 2

/**
 * Seconds from the start at which journeys arrive, ascending; the same for both drivers. A journey
 * comes when the area under the curve reaches its number if arrivals are even, as k6 does it
 * (lib/executor/ramping_arrival_rate.go, v2.2.0). Poisson: the areas between them are exponential
 * with mean 1, which makes the curve the intensity of the process (Cinlar 1975, time change).
 */
export function* arrivalTimes(
  stages: readonly Stage[],
  { arrivals, seed }: { arrivals: Arrivals; seed: number },
): Generator<number> {
  const next = arrivals === 'even' ? () => 1 : exponentials(journeyRandom(seed, 0, arrivalStream))
  let area = next()
  let from = 0
  let stageStart = 0
  let before = 0
  for (const { durationSeconds: seconds, targetRate: to } of stages) {
    const after = before + (seconds * (from + to)) / 2
    for (; seconds > 0 && area <= after + areaRounding; area += next()) {
      yield stageStart + secondsUntil(area - before, from, to, seconds)
    }
    before = after
    stageStart += seconds
    from = to
  }
}

/** When the area under a line from rate `from` to rate `to` over `seconds` reaches `area`. */
function secondsUntil(area: number, from: number, to: number, seconds: number): number {
  const slope = (to - from) / seconds
  const root = Math.sqrt(Math.max(0, from * from + 2 * slope * area))
  // The quadratic formula in the shape that loses no digits and is right for slope 0.
  return Math.min(seconds, (2 * area) / (from + root))
}

/**
 * Exponential numbers with mean 1, by comparing uniform ones only (von Neumann 1951, Various
 * techniques used in connection with random digits): a logarithm may differ in its last digit
 * between the engines of the two drivers.
 */
const exponentials = (random: Random) => (): number => {
  for (let whole = 0; ; whole += 1) {
    const first = random()
    let [last, next, count] = [first, random(), 2]
    for (; next <= last; count += 1) [last, next] = [next, random()]
    // So many numbers until one is larger than the one before: even with probability e^-first.
    if (count % 2 === 0) return whole + first
  }
}
