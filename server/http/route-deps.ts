import type { Context } from 'hono'
import type { Services } from '../ctx.ts'
import type { DesignFlags } from '../designs/flags/design-flags.ts'
import type { OpenedOptions } from '../designs/opened-options.ts'
import type { KeyClaims } from '../keys/key-claims.ts'
import type { DesignMeter } from '../metrics/design-requests.ts'
import type { RequestMeter } from '../metrics/requests.ts'
import type { Shadows } from '../shadow/shadows.ts'
import type { BodyDeadlines } from './body-deadlines.ts'

/** What every route is mounted with. */
export interface RouteDeps {
  services: Services
  /** Which design requests have that ask for none. */
  flags: DesignFlags
  /** Whether this request may ask for a design of its own, in `x-design`. */
  mayChooseDesign(c: Context): boolean
  options: OpenedOptions
  /** Of the idempotency keys of requests. */
  keys: KeyClaims
  /** That have not come yet; one may take half of the time for the answer. */
  bodies: BodyDeadlines
  meter: RequestMeter
  /** Counts requests by the options that they had. */
  designMeter: DesignMeter
  /** Absent = no answer is compared. */
  shadows?: Shadows
  /** An answer is given by then, whatever the handler still waits for. */
  requestTimeoutMs: number
}
