/** One HTTP request as the crowd thinks of it; the driver adds the target's origin. */
export interface Request {
  method: 'GET' | 'POST'
  /** Path and query, e.g. `/api/v1/products?page=1`. */
  path: string
  /** Metric name from a closed list: an id in a metric name makes a time series per customer. */
  name: string
  /** JSON text. */
  body?: string
  headers: Record<string, string>
  timeoutMs: number
  /** False lets the driver throw the answer's body away unread. */
  needsBody: boolean
}

export interface Answer {
  /** 0 = no complete answer: refused, reset, timed out or cut off. */
  status: number
  /** The `x-client-policy` header, if there was one. */
  clientPolicy?: string | undefined
  /** The `retry-after` header, if there was one: seconds, as text. */
  retryAfter?: string | undefined
  /** The `x-pass` header, if there was one: a cookie that proves admission. */
  pass?: string | undefined
  /** Parsed JSON; undefined when there was none, when it was broken, or when it was not needed. */
  body?: unknown
}

/** All that a journey needs from its driver (k6 or the simulator). `send` never rejects. */
export interface Http {
  send(request: Request): Promise<Answer>
  /** Epoch milliseconds. */
  now(): number
  /** For back-off and polling only: a journey otherwise waits for nothing but its own answers. */
  pause(milliseconds: number): Promise<void>
}
