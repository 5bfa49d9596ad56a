/** A count older than this is read again before the next intake. */
const freshMs = 250

/**
 * How many intakes wait, as one process knows it: the last count, and what it took in since. The
 * bound is exceeded by no more than all other processes take in within a quarter of a second.
 */
export class Room {
  readonly #count: () => Promise<number>
  readonly #waitingMax: number
  readonly #nowMs: () => number
  #waiting = 0
  #readAtMs = Number.NEGATIVE_INFINITY
  #reading: Promise<void> | undefined

  /** @param count reads how many wait */
  constructor(count: () => Promise<number>, waitingMax: number, nowMs = () => performance.now()) {
    this.#count = count
    this.#waitingMax = waitingMax
    this.#nowMs = nowMs
  }

  /** Takes a place. @returns false where none is left; rejects where they cannot be counted */
  async take(): Promise<boolean> {
    if (this.#nowMs() - this.#readAtMs > freshMs) {
      this.#reading ??= this.#read()
      await this.#reading
    }
    if (this.#waiting >= this.#waitingMax) return false
    this.#waiting += 1
    return true
  }

  async #read(): Promise<void> {
    try {
      this.#waiting = await this.#count()
      this.#readAtMs = this.#nowMs()
    } finally {
      this.#reading = undefined
    }
  }
}
