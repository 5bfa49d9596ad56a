import { admissionMetrics } from './admission.ts'
import { bankMetrics } from './bank.ts'
import { designMetrics } from './design.ts'
import { batchMetrics } from './lots.ts'
import { processMetrics } from './process.ts'
import { readMetrics } from './reads.ts'
import { requestMetrics } from './requests.ts'
import { connectionMetrics, flowMetrics, postCommitMetrics, ticketMetrics } from './shop.ts'
import { stockMetrics } from './stock.ts'
import { effectMetrics, workerMetrics } from './worker.ts'

/** What API server and worker have in common, as `openServices` registers it. */
const sharedMetrics = {
  ...processMetrics,
  ...connectionMetrics,
  ...ticketMetrics,
  ...postCommitMetrics,
  ...readMetrics,
  ...stockMetrics,
  ...batchMetrics,
  ...bankMetrics,
  ...flowMetrics,
}

/** Without those of the faults, which chaos brings. */
export const serverMetrics = {
  ...sharedMetrics,
  ...requestMetrics,
  ...designMetrics,
  ...admissionMetrics,
}

export const workerProcessMetrics = { ...sharedMetrics, ...workerMetrics, ...effectMetrics }
