import { encodeEnd, encodeWriteRequest, type Series } from './write-request.ts'

const everyMs = 1000
const answerMsMax = 2000

/**
 * Pushes what `read` gives once a second. It never delays the crowd: one push at a time, a push
 * that fails is given up, and only the first failure is printed.
 */
export class Pusher {
  readonly #url: string
  readonly #read: () => Series[]
  readonly #timer: ReturnType<typeof setInterval>
  #pushing: Promise<void> | undefined
  #hasFailed = false

  /** @param url of the remote write receiver */
  constructor(url: string, read: () => Series[]) {
    this.#url = url
    this.#read = read
    this.#timer = setInterval(() => void this.#push(encodeWriteRequest, read()), everyMs)
  }

  /** Pushes once more, ends every series, and stops. Never throws. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#pushing
    const last = this.#read()
    await this.#push(encodeWriteRequest, last)
    // Timestamps must rise.
    await Bun.sleep(2)
    await this.#push(encodeEnd, last)
  }

  #push(encode: typeof encodeEnd, series: Series[]): Promise<void> {
    this.#pushing ??= send(this.#url, encode(series, Date.now()))
      .catch((error: unknown) => {
        if (!this.#hasFailed) console.error(`remote write to ${this.#url}: ${String(error)}`)
        this.#hasFailed = true
      })
      .finally(() => {
        this.#pushing = undefined
      })
    return this.#pushing
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
