import { idOfDispatch } from '../../loadtests/crowd/answers.ts'
import type { Http } from '../../loadtests/crowd/http.ts'

const answerMsMax = 10_000
const pauseMs = 50
/** After the sale what still waits is handed out for so long. */
const afterMsMax = 60_000

/** The orders that the workers were handed, by their own account. */
export interface HandoutTally {
  orders: number
  /** `order 7 was handed to w0 and w2` */
  twice: string[]
}

export interface Staff {
  /** Those who ask at the same time. */
  workers: number
  /** Time that each needs for an order. */
  pickMs: number
  /** Stay until nothing waits any more. */
  takesRest: boolean
}

/** As many as can be, and faster than any sale. */
const crowdedStaff: Staff = { workers: 4, pickMs: 0, takesRest: true }
/** A few orders a second: enough to see who is handed what, too few to be felt by the sale. */
const smallStaff: Staff = { workers: 2, pickMs: 400, takesRest: false }

/** Pickers in the warehouse of a shop, from now until they are sent home. */
export class Pickers {
  readonly #handout: Promise<HandoutTally>
  #isOver = false

  constructor(http: Http) {
    this.#handout = handOut(http, () => this.#isOver, smallStaff)
  }

  /** @returns orders that two of them were handed, in words */
  async leave(): Promise<string[]> {
    this.#isOver = true
    return (await this.#handout).twice
  }
}

/**
 * Workers of the warehouse take paid orders while they are sold, and those left over after that.
 * @param isOver whether the sale is
 */
export async function handOut(
  http: Http,
  isOver: () => boolean,
  { workers, pickMs, takesRest }: Staff = crowdedStaff,
): Promise<HandoutTally> {
  const workerOf = new Map<string, string>()
  const twice: string[] = []
  let endsAtMs = Number.POSITIVE_INFINITY
  const work = async (worker: string) => {
    while (http.now() < endsAtMs) {
      const wasOver = isOver()
      if (wasOver && !takesRest) return
      if (wasOver) endsAtMs = Math.min(endsAtMs, http.now() + afterMsMax)
      const { status, body } = await take(http, worker)
      const orderId = idOfDispatch(body)
      if (status === 200 && orderId !== null) {
        const other = workerOf.get(orderId)
        if (other) twice.push(`order ${orderId} was handed to ${other} and ${worker}`)
        workerOf.set(orderId, worker)
        if (pickMs > 0) await http.pause(pickMs)
      } else {
        if (status === 204 && wasOver) return
        await http.pause(pauseMs)
      }
    }
  }
  await Promise.all(Array.from({ length: workers }, (_, index) => work(`w${index}`)))
  return { orders: workerOf.size, twice }
}

const take = (http: Http, workerId: string) =>
  http.send({
    method: 'POST',
    path: '/api/v1/dispatches',
    name: 'dispatch',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ workerId }),
    timeoutMs: answerMsMax,
    needsBody: true,
  })
