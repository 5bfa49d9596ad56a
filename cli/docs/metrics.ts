import { Registry } from 'prom-client'
import { createBoard } from '../../chaos/board.ts'
import { meterChaos } from '../../chaos/metrics.ts'
import type { Connections } from '../../server/db/connections.ts'
import { defaultLimits } from '../../server/db/pool.ts'
import { requestMeter } from '../../server/metrics/requests.ts'
import { meterConnections, meterTickets, shopObserver } from '../../server/metrics/shop.ts'
import { meterWorker } from '../../server/metrics/worker.ts'
import { routeNames } from '../../server/route-names.ts'
import type { TicketClient } from '../../server/tickets/client.ts'
import { code, page, table } from './markdown.ts'

export async function metricsPage(): Promise<string> {
  return page(
    'Metrics',
    'At `/metrics` of the API server and of the worker, for Prometheus. Every series also has ' +
      'the label `arm`. Labels come from closed lists: no request can add a series. The default ' +
      'metrics of the process (`process_*`, `nodejs_*`) are there too.',
    '## API server',
    await metricsTable(ofServer()),
    '## Worker',
    await metricsTable(ofWorker()),
    '## Values of the label route',
    [...routeNames, 'other'].map(code).join(', '),
  )
}

function ofServer(): Registry {
  const registry = shared()
  requestMeter(registry).route('healthz')(200, 0, 1)
  meterChaos(registry, createBoard())
  return registry
}

function ofWorker(): Registry {
  const registry = shared()
  meterWorker(registry, { effects: { done: 0, retried: 0, dead: 0 }, sagas: { ended: 0 } })
  return registry
}

/** As `openParts` meters them, with nothing behind. */
function shared(): Registry {
  const registry = new Registry()
  const connections: Pick<Connections, 'counters' | 'limits' | 'retries'> = {
    counters: { waits: 0, timeouts: 0, waitMs: 0, inUse: 0 },
    limits: defaultLimits,
    retries: { deadlock: 0 },
  }
  const tickets: Pick<TicketClient, 'stats'> = {
    stats: () => ({ refills: 0, refillErrors: 0, waits: 0 }),
  }
  meterConnections(registry, connections as Connections)
  meterTickets(registry, tickets as TicketClient)
  shopObserver(registry)
  return registry
}

async function metricsTable(registry: Registry): Promise<string> {
  const metrics = await registry.getMetricsAsJSON()
  const rows = metrics.map(({ name, type, help, values }) => {
    const labels = new Set(values.flatMap((value) => Object.keys(value.labels)))
    labels.delete('le')
    return [code(name), String(type), [...labels].map(code).join(', '), help]
  })
  return table(['metric', 'type', 'labels', 'what it says'], rows.sort())
}
