import { type Fit, fitOf } from './fit.ts'
import type { SearchBounds } from './options.ts'

/** `unclear` = the generator may be to blame, or the audit could not be made. */
export type Outcome = 'held' | 'lost' | 'unclear'

export interface Probe {
  rate: number
  outcome: Outcome
}

/** What the probes so far say. */
export interface Found {
  /** The rate that is held in half of the blocks, or at least this one; 0 = none was held. */
  rate: number
  /** Ends of its 95 % interval; no upper one where the arm holds at least `rate`. */
  low: number
  high: number | null
  /** Highest rate up to `rate` of which a block was held; 0 = none. */
  held: number
  /** Fewer than two blocks were lost by the arm itself: its border was not met. */
  isAtLeast: boolean
  /** Both sides of the border were met twice, or nothing more can be tried. */
  isComplete: boolean
}

/** One block may be held by luck, or lost to the machine: a side of the border takes two. */
const sideMin = 2
/** Rates next to the border say most, on either side of it in turn; as logarithms. */
const offsets = [0, -0.1, 0.1]

/** Where the border lies after these probes, by a fit of all of them. */
export function found(probes: readonly Probe[], { rateMax }: SearchBounds): Found {
  const held = ratesOf(probes.filter(({ outcome }) => outcome === 'held'))
  const lost = probes.filter(({ outcome }) => outcome === 'lost')
  const top = Math.max(0, ...held)
  const fit = fitOf(probes)
  if (fit && lost.length >= sideMin) {
    const rate = Math.round(fit.value)
    return {
      rate,
      low: Math.floor(fit.low),
      high: Math.ceil(fit.high),
      held: Math.max(0, ...held.filter((one) => one <= rate)),
      isAtLeast: false,
      isComplete: held.length >= sideMin,
    }
  }
  const isComplete = top > 0 ? isTwice(held, top) && isCapped(probes, rateMax) : isLowest(lost)
  return { rate: top, low: top, high: null, held: top, isAtLeast: top > 0, isComplete }
}

const ratesOf = (probes: readonly Probe[]) => probes.map(({ rate }) => rate)

const isTwice = (rates: readonly number[], rate: number) =>
  rates.filter((one) => one === rate).length >= sideMin

/** At the highest rate to try, or below rates at which the generator is to blame. */
const isCapped = (probes: readonly Probe[], rateMax: number) =>
  probes.some(({ rate, outcome }) => rate >= rateMax && outcome === 'held') ||
  probes.filter(({ outcome }) => outcome !== 'held').length >= sideMin

/** Journeys per second are whole, so that no lower rate is left to try. */
export const rateMin = 1
const isLowest = (probes: readonly Probe[]) => isTwice(ratesOf(probes), rateMin)

/**
 * The rate to try next: doubled until one is twice not held, halved until one is; from then on
 * close to where the fit has the border, until its interval is as narrow as wanted. Undefined once
 * that is so or the blocks are used up.
 */
export function nextRate(probes: readonly Probe[], bounds: SearchBounds): number | undefined {
  const { rateFrom, rateMax, blocksMax, ratioMax } = bounds
  const last = probes.at(-1)
  if (probes.length >= blocksMax) return undefined
  if (!last) return rateFrom
  const held = ratesOf(probes.filter(({ outcome }) => outcome === 'held'))
  if (held.length === 0) {
    if (isLowest(probes)) return undefined
    const lowest = Math.min(...ratesOf(probes))
    return Math.max(rateMin, Math.floor(lowest / 2))
  }
  const top = Math.max(...held)
  if (probes.length - held.length < sideMin) {
    if (last.outcome !== 'held') return last.rate
    if (top < rateMax) return Math.min(rateMax, top * 2)
    return isTwice(held, top) ? undefined : top
  }
  // What was not clear bounds the search like a loss; only the report tells the two apart.
  const fit = fitOf(probes.map(asLost))
  if (!fit || (held.length >= sideMin && isNarrow(fit, ratioMax))) return undefined
  const offset = offsets[probes.length % offsets.length] ?? 0
  return Math.max(rateMin, Math.min(rateMax, Math.round(fit.value * Math.exp(offset))))
}

const asLost = ({ rate, outcome }: Probe): Probe => ({
  rate,
  outcome: outcome === 'held' ? 'held' : 'lost',
})

/** Rates are whole: between neighbours there is nothing to try. */
const isNarrow = ({ low, high }: Fit, ratioMax: number) => high / low <= ratioMax || high - low < 1
