import type { Context } from 'hono'
import type { Services } from '../ctx.ts'
import type { Design } from '../designs/design.ts'
import type { OpenedOptions } from '../designs/opened-options.ts'
import type { RequestMeter } from '../metrics/requests.ts'
import type { BodyDeadlines } from './body-deadlines.ts'
import type { KeyClaims } from './key-claims.ts'

/** What every route is mounted with. */
export interface RouteDeps {
  services: Services
  /** The process's default design; PUT /designs replaces it. */
  defaultDesign: { current: Design }
  /** Whether this request may ask for a design of its own, in `x-design`. */
  mayChooseDesign(c: Context): boolean
  options: OpenedOptions
  /** Of the idempotency keys of requests. */
  keys: KeyClaims
  /** That have not come yet; one may take half of the time for the answer. */
  bodies: BodyDeadlines
  meter: RequestMeter
  /** An answer is given by then, whatever the handler still waits for. */
  requestTimeoutMs: number
}
