import { arrivalTimes } from './arrival-times.ts'
import type { Stage } from './profiles.ts'
import type { CrowdSettings } from './settings.ts'

/** What k6's ramping-arrival-rate executor takes of a crowd's schedule. */
export interface K6Schedule {
  timeUnit: string
  /** `target` in journeys per time unit, to which the rate moves in a line. */
  stages: { duration: string; target: number }[]
  /** How long journeys may go on after the last stage. */
  gracefulStop: string
}

/**
 * k6 starts its clock before it wakes its users and would cut that time off the end of the curve,
 * without a word; it ends as soon as the last journey is over. A millionth of a journey makes up
 * for rounding, or the last one would be missing (60/s for 4 s are 239 to k6).
 */
const tailOf = (seconds: number): Stage[] => [
  { durationSeconds: 0, targetRate: 1 },
  { durationSeconds: 1e-6, targetRate: 1 },
  { durationSeconds: 0, targetRate: 0 },
  { durationSeconds: seconds, targetRate: 0 },
]

/** A crowd that is not to be waited for has less of it, and may lose its last arrivals. */
const tailSecondsOf = ({ drainSeconds }: { drainSeconds: number }): number =>
  Math.min(5, Math.max(1, drainSeconds))

const micros = (seconds: number) => Math.round(seconds * 1_000_000)

/** The curve, which k6 itself fills evenly, or the random arrivals one by one; then the drain. */
export function k6Schedule(
  settings: Pick<CrowdSettings, 'stages' | 'arrivals' | 'seed' | 'drainSeconds'>,
): K6Schedule {
  const tailSeconds = tailSecondsOf(settings)
  // The tail is a part of the drain, which ends for both drivers at the same time.
  const gracefulStop = `${Math.max(0, settings.drainSeconds - tailSeconds)}s`
  const curve = settings.stages
  if (settings.arrivals === 'poisson') {
    return {
      ...oneByOne([...arrivalTimes(curve, settings)].map(micros), tailSeconds),
      gracefulStop,
    }
  }
  const stages = [...curve, ...tailOf(tailSeconds)].map(({ durationSeconds, targetRate }) => ({
    duration: `${micros(durationSeconds)}us`,
    target: targetRate,
  }))
  return { timeUnit: '1s', stages, gracefulStop }
}

/** So long that rates are whole numbers, as k6 wants them, up to a gap of minutes. */
const unitSeconds = 1_000_000

/**
 * Moments as a curve, so that k6 keeps them as it keeps any curve, with the same users, and drops
 * what it cannot start: the rate jumps to one journey in the time until the next one is due. It is
 * rounded up, so that no area is short of its journey: after 100,000 they add up to a tenth of one.
 * @param dueMicros ascending
 */
function oneByOne(dueMicros: readonly number[], tailSeconds: number) {
  let at = 0
  const stages = dueMicros.flatMap((due) => {
    // Two in one microsecond, or one at the very start, would have no area.
    const gap = Math.max(1, due - at)
    at += gap
    const target = Math.ceil(micros(unitSeconds) / gap)
    return [
      { duration: '0us', target },
      { duration: `${gap}us`, target },
    ]
  })
  const end = ['0us', `${tailSeconds}s`].map((duration) => ({ duration, target: 0 }))
  return { timeUnit: `${unitSeconds}s`, stages: [...stages, ...end] }
}
