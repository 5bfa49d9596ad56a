import type { Services } from '../ctx.ts'
import type { Design } from '../designs/design.ts'
import type { OpenedOptions } from '../designs/opened-options.ts'
import type { RequestMeter } from '../metrics/requests.ts'

/** What every route is mounted with. */
export interface RouteDeps {
  services: Services
  /** The process's default design; PUT /designs replaces it. */
  defaultDesign: { current: Design }
  options: OpenedOptions
  meter: RequestMeter
  /** An answer is given by then, whatever the handler still waits for. */
  requestTimeoutMs: number
}
