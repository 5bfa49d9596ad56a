import { encodeEnd, encodeWriteRequest, type Series } from './write-request.ts'

const everyMs = 1000
const answerMsMax = 2000

export interface Pusher {
  /** Pushes once more, ends every series, and stops. Never throws. */
  stop(): Promise<void>
}

/**
 * Pushes what `read` says once a second. Never in the crowd's way: one push at a time, a push that
 * fails is given up, and only the first failure is told.
 * @param url of the remote write receiver
 */
export function startPusher(url: string, read: () => Series[]): Pusher {
  let pushing: Promise<void> | undefined
  let hasFailed = false
  const push = (encode: typeof encodeEnd, series: Series[]) => {
    pushing ??= send(url, encode(series, Date.now()))
      .catch((error: unknown) => {
        if (!hasFailed) console.error(`remote write to ${url}: ${String(error)}`)
        hasFailed = true
      })
      .finally(() => {
        pushing = undefined
      })
    return pushing
  }
  const timer = setInterval(() => void push(encodeWriteRequest, read()), everyMs)
  return {
    async stop() {
      clearInterval(timer)
      await pushing
      const last = read()
      await push(encodeWriteRequest, last)
      // Timestamps must rise.
      await Bun.sleep(2)
      await push(encodeEnd, last)
    },
  }
}

async function send(url: string, body: Uint8Array): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-encoding': 'snappy',
      'content-type': 'application/x-protobuf',
      'user-agent': 'stampede-simulator',
      'x-prometheus-remote-write-version': '0.1.0',
    },
    body,
    signal: AbortSignal.timeout(answerMsMax),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${response.status} ${text.trim().slice(0, 200)}`)
}
