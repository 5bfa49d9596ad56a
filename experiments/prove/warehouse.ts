import { idOfDispatch } from '../../loadtests/crowd/answers.ts'
import type { Http } from '../../loadtests/crowd/http.ts'

/** Workers who ask at the same time. */
const workers = 4
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

/**
 * Workers of the warehouse take paid orders while they are sold, and those left over after that.
 * @param isOver whether the sale is
 */
export async function handOut(http: Http, isOver: () => boolean): Promise<HandoutTally> {
  const workerOf = new Map<string, string>()
  const twice: string[] = []
  let endsAtMs = Number.POSITIVE_INFINITY
  const work = async (worker: string) => {
    while (http.now() < endsAtMs) {
      const wasOver = isOver()
      if (wasOver) endsAtMs = Math.min(endsAtMs, http.now() + afterMsMax)
      const { status, body } = await take(http, worker)
      const orderId = idOfDispatch(body)
      if (status === 200 && orderId !== null) {
        const other = workerOf.get(orderId)
        if (other) twice.push(`order ${orderId} was handed to ${other} and ${worker}`)
        workerOf.set(orderId, worker)
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
