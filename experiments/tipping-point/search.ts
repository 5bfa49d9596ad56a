/** What one run shows; `unknown` = it cannot say, as where the design did not hold the rate. */
export type Outcome = 'recovered' | 'stayed-down' | 'unknown'

/** One run: how long the fault was on, and whether the design got over it. */
export interface Tried {
  triggerSeconds: number
  outcome: Outcome
}

/** Runs of one design at one rate with the fault on for so long, or what others say of it. */
export interface Cell {
  triggerSeconds: number
  /** Runs that can say, and those of them that recovered. */
  runs: number
  recovered: number
  /**
   * `recovered` and `stayed-down` where all runs agree, `mixed` where they do not. Without a run:
   * `implied-…` by a longer fault that it got over, or a shorter one that it did not; else `open`.
   */
  state: Outcome | 'mixed' | 'implied-recovered' | 'implied-down' | 'open'
}

/** A rate is left alone after so many runs that cannot say. */
const unknownMax = 2

/**
 * How long the fault is to be on next, by bisection: a design that gets over a long one gets over
 * shorter ones. Once the border lies between two neighbours, both are run as often as asked.
 * @param triggers ascending, seconds
 * @param runsEach of the cells at the border
 * @returns undefined once the border is known, or cannot be
 */
export function nextTrigger(
  tried: readonly Tried[],
  triggers: readonly number[],
  runsEach: number,
): number | undefined {
  if (isGivenUp(tried)) return undefined
  const [shortest, longest] = [triggers[0], triggers.at(-1)]
  const cells = cellsOf(tried, triggers)
  const down = cells.findIndex(({ state }) => state === 'stayed-down' || state === 'mixed')
  if (down === -1) {
    const last = cells.at(-1)
    return last && last.runs < runsEach ? longest : undefined
  }
  const up = cells.slice(0, down).findLastIndex(({ state }) => state === 'recovered')
  if (up === -1 && down > 0 && cells[0]?.runs === 0) return shortest
  if (down - up > 1) return triggers[Math.floor((up + down) / 2)]
  const border = [cells[up], cells[down]].filter((cell) => cell !== undefined)
  return border.find(({ runs }) => runs < runsEach)?.triggerSeconds
}

/** Whether too many runs at the rate could not say. */
export const isGivenUp = (tried: readonly Tried[]): boolean =>
  tried.filter(({ outcome }) => outcome === 'unknown').length >= unknownMax

/** What the runs say of each length. @param triggers ascending, seconds */
export function cellsOf(tried: readonly Tried[], triggers: readonly number[]): Cell[] {
  const own = triggers.map((triggerSeconds): Cell => {
    const runs = tried.filter((one) => one.triggerSeconds === triggerSeconds)
    const clear = runs.filter(({ outcome }) => outcome !== 'unknown')
    const recovered = clear.filter(({ outcome }) => outcome === 'recovered').length
    const isUnknown = clear.length === 0 && runs.length > 0
    const state = isUnknown ? 'unknown' : stateOf(clear.length, recovered)
    return { triggerSeconds, runs: clear.length, recovered, state }
  })
  const up = own.findLastIndex(({ state }) => state === 'recovered')
  const down = own.findIndex(({ state }) => state === 'stayed-down')
  return own.map((cell, index) => {
    if (cell.state !== 'open') return cell
    if (index < up) return { ...cell, state: 'implied-recovered' }
    return down >= 0 && index > down ? { ...cell, state: 'implied-down' } : cell
  })
}

function stateOf(runs: number, recovered: number): Cell['state'] {
  if (runs === 0) return 'open'
  if (recovered === runs) return 'recovered'
  return recovered === 0 ? 'stayed-down' : 'mixed'
}
