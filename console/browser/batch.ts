/** Few requests instead of many, but not one: a slow query holds up only its own batch. */
const asksMax = 8
const charactersMax = 6000

interface Waiting extends PromiseWithResolvers<unknown> {
  ask: string
}

/** Sends the questions of one turn of the event loop in batches, each question once. */
export class Batch {
  readonly #send: (asks: string[]) => Promise<unknown>
  readonly #answers = new Map<string, Promise<unknown>>()
  #waiting: Waiting[] = []

  /** @param send answers with a list in the order of the questions */
  constructor(send: (asks: string[]) => Promise<unknown>) {
    this.#send = send
  }

  ask(ask: string): Promise<unknown> {
    const known = this.#answers.get(ask)
    if (known) return known
    const waiting = { ask, ...Promise.withResolvers<unknown>() }
    if (this.#waiting.push(waiting) === 1) queueMicrotask(() => this.#flush())
    this.#answers.set(ask, waiting.promise)
    return waiting.promise
  }

  #flush(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const batch of inBatches(waiting)) void this.#sendBatch(batch)
  }

  async #sendBatch(batch: Waiting[]): Promise<void> {
    try {
      const answers = await this.#send(batch.map(({ ask }) => ask))
      for (const [at, { resolve }] of batch.entries()) {
        resolve(Array.isArray(answers) ? answers[at] : null)
      }
    } catch (error) {
      for (const { reject } of batch) reject(error)
    }
  }
}

function inBatches(waiting: readonly Waiting[]): Waiting[][] {
  const batches: Waiting[][] = []
  let characters = 0
  for (const one of waiting) {
    const last = batches.at(-1)
    const length = encodeURIComponent(one.ask).length
    if (last && last.length < asksMax && characters + length <= charactersMax) {
      last.push(one)
      characters += length
    } else {
      batches.push([one])
      characters = length
    }
  }
  return batches
}
