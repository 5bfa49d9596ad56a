import { median } from 'simple-statistics'
import type { Sample, Verb } from './verbs.ts'

/** What a fault makes of a verb, from best to worst. */
export const kinds = ['works', 'slower', 'degraded', 'refused', 'fails', 'wrong data'] as const
export type Kind = (typeof kinds)[number]

/** One verb under one fault. */
export interface Cell {
  verb: Verb
  kind: Kind
  /** Shares of what was asked while the fault was on, 0..100. */
  refusedPercent: number
  failedPercent: number
  /** Medians of those that were done, ms; null where none was. */
  beforeMs: number | null
  duringMs: number | null
  /** Whether it is served again as before, in the last seconds that were watched. */
  recovered: boolean
  /** Why the cell says nothing; absent where it does. */
  doubt?: string
}

/** Moments of a run, epoch ms. */
export interface Phases {
  onMs: number
  offMs: number
  /** From here on it is to be served as before. */
  backMs: number
}

/** A share of what was asked that is no accident: two of twenty. */
const share = 0.1
/** Slower: by half, and by so much that a user feels it. */
const slowerRatio = 1.5
const slowerMs = 30
const servedBack = 0.95

/** @param isWrong what the shop has written is not what it has acknowledged, or not consistent */
export function cellOf(
  verb: Verb,
  samples: readonly Sample[],
  { onMs, offMs, backMs }: Phases,
  { isWrong, injected }: { isWrong: boolean; injected: number },
): Cell {
  const own = samples.filter((sample) => sample.verb === verb)
  const within = (fromMs: number, toMs: number) =>
    own.filter(({ startedMs }) => startedMs >= fromMs && startedMs < toMs)
  const before = within(0, onMs)
  const during = within(onMs, offMs)
  const back = within(backMs, Number.POSITIVE_INFINITY)
  const [refused, failed, pending] = (['refused', 'failed', 'pending'] as const).map((ending) =>
    shareOf(during, ({ ending: one }) => one === ending),
  ) as [number, number, number]
  const [beforeMs, duringMs] = [timeOf(before), timeOf(during)]
  const isSlower =
    beforeMs !== null && duringMs !== null && duringMs > slowerRatio * beforeMs + slowerMs
  const doubt = doubtOf(servedIn(before), during.length, back.length, injected)
  return {
    verb,
    kind: kindOf({ isWrong, refused, failed, pending, isSlower }),
    ...{ refusedPercent: 100 * refused, failedPercent: 100 * failed, beforeMs, duringMs },
    recovered: servedIn(back) >= servedBack * servedIn(before),
    ...(doubt === undefined ? {} : { doubt }),
  }
}

interface Facts {
  isWrong: boolean
  refused: number
  failed: number
  pending: number
  isSlower: boolean
}

function kindOf({ isWrong, refused, failed, pending, isSlower }: Facts): Kind {
  if (isWrong) return 'wrong data'
  if (failed >= share) return 'fails'
  if (refused >= share) return 'refused'
  if (pending >= share) return 'degraded'
  return isSlower ? 'slower' : 'works'
}

/** A doubt that is none where there is nothing to bite. */
export const unbitten = 'the fault did not bite'

function doubtOf(servedBefore: number, during: number, back: number, injected: number) {
  if (injected === 0) return unbitten
  if (servedBefore < 1 - share) return 'not all were served before the fault'
  return during === 0 || back === 0 ? 'nothing was asked' : undefined
}

const shareOf = (samples: readonly Sample[], which: (sample: Sample) => boolean): number =>
  samples.length === 0 ? 0 : samples.filter(which).length / samples.length

/** Done, or taken in. */
const servedIn = (samples: readonly Sample[]) =>
  shareOf(samples, ({ ending }) => ending === 'done' || ending === 'pending')

function timeOf(samples: readonly Sample[]): number | null {
  const served = samples.filter(({ ending }) => ending === 'done' || ending === 'pending')
  return served.length === 0 ? null : median(served.map(({ tookMs }) => tookMs))
}

/** Whether what was found is worse than what was promised. */
export const isWorse = (found: Kind, promised: Kind): boolean =>
  kinds.indexOf(found) > kinds.indexOf(promised)
