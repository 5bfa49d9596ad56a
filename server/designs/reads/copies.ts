import type { Entry } from './entry.ts'

/** An entry at hand, taken without a question until `askAgainMs` (epoch ms). */
export interface Copy {
  entry: Entry
  askAgainMs: number
}

/** Copies in this process: the least lately used go first when there are too many or too much. */
export interface Copies {
  get(id: string): Copy | undefined
  keep(id: string, copy: Copy): void
}

const copiesMax = 2000
const charactersMax = 32 * 1024 * 1024

export function createCopies(bounds = { copiesMax, charactersMax }): Copies {
  const known = new Map<string, Copy>()
  let characters = 0
  function drop(id: string): void {
    characters -= known.get(id)?.entry.body.length ?? 0
    known.delete(id)
  }
  return {
    get(id) {
      const copy = known.get(id)
      if (!copy) return undefined
      // A map keeps the order of insertion: the front is what nobody has asked for.
      known.delete(id)
      known.set(id, copy)
      return copy
    },
    keep(id, copy) {
      drop(id)
      known.set(id, copy)
      characters += copy.entry.body.length
      for (const oldest of known.keys()) {
        if (known.size <= bounds.copiesMax && characters <= bounds.charactersMax) break
        drop(oldest)
      }
    },
  }
}
