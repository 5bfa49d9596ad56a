import type { JourneyRecord } from '../loadtests/crowd/history.ts'

interface Acknowledged {
  id: bigint
  invokedMs: number
  doneMs: number
}

interface Inversions {
  /** In words. */
  found: string[]
  /** How many were asked for after another one was acknowledged. */
  compared: number
}

/**
 * What was asked for after another one was acknowledged and yet has the smaller id. Of the same
 * millisecond neither is later.
 */
export function inversionsOf(
  kind: 'order' | 'payment',
  history: readonly JourneyRecord[],
): Inversions {
  const all = history.flatMap(({ [kind]: own }): Acknowledged[] =>
    own?.outcome === 'ok' && own.id !== undefined ? [{ ...own, id: BigInt(own.id) }] : [],
  )
  const answered = all.toSorted((a, b) => a.doneMs - b.doneMs)
  const inversions: Inversions = { found: [], compared: 0 }
  let position = 0
  let largest = 0n
  for (const { id, invokedMs } of all.toSorted((a, b) => a.invokedMs - b.invokedMs)) {
    let earlier = answered[position]
    while (earlier && earlier.doneMs < invokedMs) {
      if (earlier.id > largest) largest = earlier.id
      position += 1
      earlier = answered[position]
    }
    if (largest > 0n) inversions.compared += 1
    if (id >= largest) continue
    inversions.found.push(`${kind} ${id} was asked for after ${largest} was acknowledged`)
  }
  return inversions
}
