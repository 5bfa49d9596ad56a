import type { Services } from '../ctx.ts'
import type { Doors } from '../designs/admission/doors.ts'
import type { Design } from '../designs/design.ts'
import type { RequestMeter } from '../metrics/requests.ts'

/** What every route is mounted with. */
export interface RouteDeps {
  services: Services
  /** The process's default design; PUT /designs replaces it. */
  defaultDesign: { current: Design }
  /** Who is in, whatever the design: all share one pool. */
  doors: Doors
  meter: RequestMeter
  /** An answer is given by then, whatever the handler still waits for. */
  requestTimeoutMs: number
}
