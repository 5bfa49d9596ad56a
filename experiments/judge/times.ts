import type { JourneyOutcome, JourneyRecord } from '../../loadtests/crowd/history.ts'
import type { Block, OfferedTime, OfferedTimes } from '../run/result.ts'
import { rankOf } from './statistics.ts'

const right: ReadonlySet<JourneyOutcome> = new Set(['paid', 'soldOut', 'left'])

/** Whether a journey was answered rightly; a refusal that the audit found wrong was not. */
export const isServed = ({ outcome, refusedWrongly }: JourneyRecord): boolean =>
  right.has(outcome) && !refusedWrongly

/** From the first order attempt to the settled purchase; from the intended arrival to the end. */
export type Stretch = 'checkout' | 'sojourn'

/** Milliseconds of a journey that was answered rightly; null where it has no such stretch. */
const stretchOf = (stretch: Stretch, { checkoutMs, startedMs, endedMs }: JourneyRecord) =>
  stretch === 'checkout' ? checkoutMs : endedMs - startedMs

/** Times of all that came. What was not answered rightly took longer than any time. */
interface Sample {
  /** Ascending. */
  answeredMs: number[]
  beyond: number
  /** The longest that anyone was seen to wait. */
  longestMs: number
}

function sampleOf(blocks: readonly Block[], stretch: Stretch): Sample {
  const sample: Sample = { answeredMs: [], beyond: 0, longestMs: 0 }
  for (const { history, planned } of blocks) {
    // Dropped, or cut off without a line.
    sample.beyond += Math.max(0, planned - history.length)
    for (const journey of history) {
      const ms = stretchOf(stretch, journey)
      if (!isServed(journey)) sample.beyond += 1
      else if (ms === null) continue
      else sample.answeredMs.push(ms)
      const waitedMs = ms ?? journey.endedMs - journey.startedMs
      sample.longestMs = Math.max(sample.longestMs, waitedMs)
    }
  }
  sample.answeredMs.sort((a, b) => a - b)
  return sample
}

/**
 * Percentiles over all that came: one that falls among those who were not answered rightly is only
 * known to be more than the longest wait seen. Null where none came.
 */
export function timesOf(blocks: readonly Block[], stretch: Stretch): OfferedTimes | null {
  const sample = sampleOf(blocks, stretch)
  const samples = sample.answeredMs.length + sample.beyond
  if (samples === 0) return null
  const at = (share: number) => percentileOf(sample, share)
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), samples }
}

function percentileOf({ answeredMs, beyond, longestMs }: Sample, share: number): OfferedTime {
  const ms = answeredMs[rankOf(share, answeredMs.length + beyond) - 1]
  return ms === undefined ? { ms: longestMs, isBound: true } : { ms, isBound: false }
}

/** Share of all that came whose stretch took no longer, percent; null where none came. */
export function withinPercentOf(block: Block, stretch: Stretch, msMax: number): number | null {
  const { answeredMs, beyond } = sampleOf([block], stretch)
  const came = answeredMs.length + beyond
  return came === 0 ? null : (100 * answeredMs.filter((ms) => ms <= msMax).length) / came
}
