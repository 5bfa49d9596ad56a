/** How a fault began or ended. */
export const changeNames = [
  'on',
  'replaced',
  'off',
  'reset',
  'expired',
  'lease-ended',
  'released',
] as const

export interface Change {
  /** Counts from 1. */
  number: number
  /** By the wall clock of the board, ISO 8601. */
  at: string
  change: (typeof changeNames)[number]
  fault: string
  /** Which switching-on it was of. */
  id: number
  settings: object
}

const keptMax = 1000

/** What has happened on a board since it began: the last thousand changes. */
export class History {
  readonly #changes: Change[] = []
  readonly #listeners = new Set<(change: Change) => void>()
  #last = 0

  add(change: Omit<Change, 'number' | 'at'>): void {
    this.#last += 1
    const entry = { number: this.#last, at: new Date().toISOString(), ...change }
    this.#changes.push(entry)
    if (this.#changes.length > keptMax) this.#changes.shift()
    for (const listener of this.#listeners) listener(entry)
  }

  /** Those that are kept, oldest first. @param after number of the last one that is known */
  list(after = 0): Change[] {
    return this.#changes.filter(({ number }) => number > after)
  }

  /** @returns what ends the subscription */
  subscribe(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }
}
