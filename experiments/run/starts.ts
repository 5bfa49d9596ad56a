import type { JourneyRecord } from '../../loadtests/crowd/history.ts'

/** The busiest second of a crowd: what the schedule wanted, and what the generator sent. */
export interface BusiestSecond {
  planned: number
  started: number
}

/**
 * Journeys that know their actual start only, with their intended start and how late they were.
 * The generator's own start is unknown: the schedule begins as late as every journey allows, so
 * that the most punctual one is not late.
 * @param dueMs of the schedule, ascending
 * @param dropped arrivals that got no index: a journey may stand for one up to so many later
 */
export function scheduled(
  history: readonly JourneyRecord[],
  dueMs: readonly number[],
  dropped: number,
): JourneyRecord[] {
  const dueOf = (index: number) => dueMs[Math.min(index, dueMs.length - 1)] ?? 0
  const zeroMs = history.reduce(
    (zero, { index, startedMs }) => Math.min(zero, startedMs - dueOf(index)),
    Infinity,
  )
  return history.map((record) => {
    let slot = record.index
    while (slot < record.index + dropped && zeroMs + dueOf(slot + 1) <= record.startedMs) slot += 1
    const intendedMs = Math.round(zeroMs + dueOf(slot))
    return {
      ...record,
      startedMs: intendedMs,
      lateMs: Math.max(0, record.startedMs - intendedMs),
    }
  })
}

/**
 * A journey without a line in the history counts where it was due: it started, and outlived the
 * run.
 * @param dueMs of the schedule, ascending
 */
export function busiestSecondOf(
  history: readonly JourneyRecord[],
  dueMs: readonly number[],
  started: number,
): BusiestSecond {
  const zeroMs = history.reduce(
    (zero, { index, startedMs }) => Math.min(zero, startedMs - (dueMs[index] ?? 0)),
    Infinity,
  )
  const seen = new Set(history.map(({ index }) => index))
  const unseen = dueMs.filter((_, index) => index < started && !seen.has(index))
  const startsMs = [
    ...history.map(({ startedMs, lateMs = 0 }) => startedMs + lateMs - zeroMs),
    ...unseen,
  ].sort((a, b) => a - b)
  return { planned: mostInOneSecond(dueMs), started: mostInOneSecond(startsMs) }
}

/** @param momentsMs ascending */
function mostInOneSecond(momentsMs: readonly number[]): number {
  let from = 0
  return momentsMs.reduce((most, atMs, to) => {
    while ((momentsMs[from] ?? atMs) <= atMs - 1000) from += 1
    return Math.max(most, to - from + 1)
  }, 0)
}
