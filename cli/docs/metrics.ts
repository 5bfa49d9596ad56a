import { Registry } from 'prom-client'
import { createBoard } from '../../chaos/board.ts'
import { registerChaosMetrics } from '../../chaos/metrics.ts'
import { createRunBoard } from '../../experiments/watch/run-board.ts'
import { registerMySqlMetrics } from '../../lab/sampler/mysql.ts'
import { registerRedisMetrics } from '../../lab/sampler/redis.ts'
import { crowdMetrics } from '../../loadtests/simulator/remote-write/crowd-metrics.ts'
import type { BankClient } from '../../server/clients/bank-client.ts'
import type { TicketClient } from '../../server/clients/ticket-client.ts'
import type { Connections } from '../../server/db/connections.ts'
import { defaultLimits } from '../../server/db/pool.ts'
import { createDoors, idlePool } from '../../server/designs/admission/doors.ts'
import { parseDesign } from '../../server/designs/design.ts'
import type { Afterwards } from '../../server/designs/effects/afterwards.ts'
import { noStockCounts } from '../../server/designs/stock/stock-counts.ts'
import { noLotCounts } from '../../server/designs/transaction/lots.ts'
import { registerAdmissionMetrics } from '../../server/metrics/admission.ts'
import { registerBankMetrics } from '../../server/metrics/bank.ts'
import { registerDesignMetrics } from '../../server/metrics/design.ts'
import { registerBatchMetrics } from '../../server/metrics/lots.ts'
import { createRegistry } from '../../server/metrics/process.ts'
import { requestMeter } from '../../server/metrics/requests.ts'
import {
  registerConnectionMetrics,
  registerPostCommitMetrics,
  registerTicketMetrics,
  shopObserver,
} from '../../server/metrics/shop.ts'
import { registerStockMetrics } from '../../server/metrics/stock.ts'
import { registerEffectMetrics, registerWorkerMetrics } from '../../server/metrics/worker.ts'
import { routeNames } from '../../server/route-names.ts'
import { registerSequenceMetrics } from '../../server/tickets/metrics.ts'
import { code, page, table } from './markdown.ts'

/** Every process that has metrics, metered as it meters itself, with nothing behind. */
export const registries: Record<string, () => Registry> = {
  'API server': ofServer,
  Worker: ofWorker,
  'Ticket server': () =>
    metered((registry) => registerSequenceMetrics(registry, { list: () => [] })),
  'Sampler, /mysql': () => metered((registry) => registerMySqlMetrics(registry, () => null)),
  'Sampler, /redis': () => metered((registry) => registerRedisMetrics(registry, () => null)),
  Harness: () => metered(createRunBoard),
}

export async function metricsPage(): Promise<string> {
  const parts = Object.entries(registries).flatMap(([title, open]) => [
    `## ${title}`,
    metricsTable(open()),
  ])
  return page(
    'Metrics',
    'At `/metrics` of API server, worker and ticket server, for Prometheus. Every series of ' +
      'these also has the label `arm`. Labels come from closed lists: no request can add a series.',
    'The sampler stands in for mysqld_exporter and redis_exporter, under their names and types; ' +
      'the harness is what `up` and `rehearse` tell of runs and blocks.',
    ...parts,
    '## Crowd',
    'Pushed by remote write, from k6 and, under the same names, from the simulator; k6 sends ' +
      'more of its own. All are labelled `run`, `arm`, `block`, `scenario` (but k6’s `k6_vus`).',
    table(
      ['metric', 'type', 'what it says'],
      Object.entries(crowdMetrics).map(([name, [type, help]]) => [code(name), type, help]),
    ),
    '## Values of the label route',
    [...routeNames, 'other'].map(code).join(', '),
  )
}

function metered(meter: (registry: Registry) => unknown): Registry {
  const registry = new Registry()
  meter(registry)
  return registry
}

function ofServer(): Registry {
  const registry = shared()
  requestMeter(registry)
  registerDesignMetrics(registry, () => parseDesign('after'))
  registerAdmissionMetrics(registry, createDoors({ poolConnections: 1, pool: idlePool }))
  registerChaosMetrics(registry, createBoard())
  return registry
}

function ofWorker(): Registry {
  const registry = shared()
  const effects = { done: 0, retried: 0, dead: 0 }
  registerWorkerMetrics(registry, { effects, sagasRecovered: 0, backlog: undefined })
  registerEffectMetrics(registry, [])
  return registry
}

/** As `openParts` meters them. */
function shared(): Registry {
  const registry = createRegistry('after')
  const connections: Pick<Connections, 'counters' | 'limits' | 'retries'> = {
    counters: { waits: 0, timeouts: 0, waitMs: 0, heldMs: 0, inUse: 0 },
    limits: defaultLimits,
    retries: {},
  }
  registerConnectionMetrics(registry, connections as Connections)
  registerTicketMetrics(registry, {} as TicketClient)
  registerPostCommitMetrics(registry, {} as Afterwards)
  registerStockMetrics(registry, noStockCounts())
  registerBatchMetrics(registry, noLotCounts())
  registerBankMetrics(registry, {} as BankClient)
  shopObserver(registry)
  return registry
}

/** What prom-client does not tell of a metric in its types. */
interface Described {
  name: string
  help: string
  type?: string
  labelNames?: readonly string[]
  constructor: { name: string }
}

function metricsTable(registry: Registry): string {
  const metrics = registry.getMetricsAsArray() as unknown as Described[]
  const rows = metrics.map((metric) => [
    code(metric.name),
    // Of prom-client's own the class is the type.
    metric.type ?? metric.constructor.name.toLowerCase(),
    (metric.labelNames ?? []).map(code).join(', '),
    metric.help,
  ])
  return table(['metric', 'type', 'labels', 'what it says'], rows.sort())
}
