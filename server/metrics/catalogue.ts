import { intakeMetrics } from '../worker/intakes.ts'
import { effectMetrics, workerMetrics } from '../worker/metrics.ts'
import { bankMetrics } from './bank.ts'
import { connectionMetrics } from './connections.ts'
import { designMetrics, flagMetrics } from './design.ts'
import { designRequestMetrics } from './design-requests.ts'
import { flowMetrics } from './observer.ts'
import { optionMetrics, redirectMetrics, workerAxes } from './options.ts'
import { processMetrics } from './process.ts'
import { requestMetrics } from './requests.ts'
import { shadowMetrics } from './shadow.ts'
import { sqlMetrics } from './sql.ts'
import { ticketMetrics } from './ticket-client.ts'

/** What API server and worker have in common. */
const sharedMetrics = {
  ...processMetrics,
  ...connectionMetrics,
  ...ticketMetrics,
  ...optionMetrics(workerAxes),
  ...redirectMetrics,
  ...bankMetrics,
  ...flowMetrics,
}

/** Without those of the faults, which chaos brings. */
export const serverMetrics = {
  ...sharedMetrics,
  ...requestMetrics,
  ...sqlMetrics,
  ...designMetrics,
  ...designRequestMetrics,
  ...shadowMetrics,
  ...optionMetrics(['admission']),
}

export const workerProcessMetrics = {
  ...sharedMetrics,
  ...flagMetrics,
  ...workerMetrics,
  ...effectMetrics,
  ...intakeMetrics,
}
