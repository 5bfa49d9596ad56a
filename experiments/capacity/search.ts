import type { SearchBounds } from './options.ts'

/** `unclear` = the generator may be to blame, or the audit could not be made. */
export type Outcome = 'held' | 'lost' | 'unclear'

export interface Probe {
  rate: number
  outcome: Outcome
}

/** What the probes so far say. */
export interface Found {
  /** Highest rate held, and held again where `isConfirmed`; 0 = none. */
  held: number
  isConfirmed: boolean
  /** Lowest rate not held; null = none was met. */
  lost: number | null
  /** The rate not held may be the generator's fault: the arm holds at least `held`. */
  isAtLeast: boolean
  /** Both ends are near enough, and the lower one is confirmed. */
  isComplete: boolean
}

/**
 * Where the border lies after these probes. A rate that was held and then lost is not held, and
 * nothing above a rate that was not held counts.
 */
export function found(probes: readonly Probe[], bounds: SearchBounds): Found {
  const bad = probes.filter(({ outcome }) => outcome !== 'held').map(({ rate }) => rate)
  const lost = bad.length === 0 ? null : Math.min(...bad)
  const good = probes
    .filter(({ rate, outcome }) => outcome === 'held' && (lost === null || rate < lost))
    .map(({ rate }) => rate)
  const held = Math.max(0, ...good)
  const isConfirmed = good.filter((rate) => rate === held).length >= 2
  const isLost = probes.some(({ rate, outcome }) => rate === lost && outcome === 'lost')
  const isNear = lost === null ? held >= bounds.rateMax : isTight(held, lost, bounds)
  return {
    held,
    isConfirmed,
    lost,
    isAtLeast: held > 0 && !isLost,
    isComplete: isNear && (isConfirmed || held === 0),
  }
}

/**
 * The rate to try next: doubled until one is not held, halved until one is, then the middle, at
 * last the border again. Undefined once all is known or the blocks are used up.
 */
export function nextRate(probes: readonly Probe[], bounds: SearchBounds): number | undefined {
  const { held, lost, isComplete } = found(probes, bounds)
  if (isComplete || probes.length >= bounds.blocksMax) return undefined
  if (lost === null) {
    if (held >= bounds.rateMax) return held
    return held === 0 ? bounds.rateFrom : Math.min(bounds.rateMax, held * 2)
  }
  // The last block is for the confirmation: without it the border is one lucky run.
  const isLastBlock = probes.length === bounds.blocksMax - 1
  if (held > 0 && (isTight(held, lost, bounds) || isLastBlock)) return held
  if (held === 0) return lost <= 1 ? undefined : Math.max(1, Math.floor(lost / 2))
  return Math.round(Math.sqrt(held * lost))
}

/** Rates are whole: between neighbours there is nothing to try. */
const isTight = (held: number, lost: number, { ratioMax }: SearchBounds) =>
  lost - held <= 1 || lost / Math.max(held, 1e-9) <= ratioMax
