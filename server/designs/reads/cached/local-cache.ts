import type { Entry } from './entry.ts'

/** An entry of this process, given without asking Redis until `askAgainMs`; by time elapsed. */
export interface Copy {
  entry: Entry
  askAgainMs: number
}

const copiesMax = 2000
const charactersMax = 32 * 1024 * 1024

/** Copies in this process: the least recently used go first when there are too many or too much. */
export class LocalCache {
  readonly #bounds: { copiesMax: number; charactersMax: number }
  readonly #copies = new Map<string, Copy>()
  #characters = 0

  constructor(bounds = { copiesMax, charactersMax }) {
    this.#bounds = bounds
  }

  get(id: string): Copy | undefined {
    const copy = this.#copies.get(id)
    if (!copy) return undefined
    // A map keeps the order of insertion: the front is the least recently used.
    this.#copies.delete(id)
    this.#copies.set(id, copy)
    return copy
  }

  keep(id: string, copy: Copy): void {
    this.#drop(id)
    this.#copies.set(id, copy)
    this.#characters += copy.entry.body.length
    const { copiesMax, charactersMax } = this.#bounds
    for (const oldest of this.#copies.keys()) {
      if (this.#copies.size <= copiesMax && this.#characters <= charactersMax) break
      this.#drop(oldest)
    }
  }

  #drop(id: string): void {
    this.#characters -= this.#copies.get(id)?.entry.body.length ?? 0
    this.#copies.delete(id)
  }
}
