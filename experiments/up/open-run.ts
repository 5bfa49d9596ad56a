import { overHttp, PrometheusClient } from '../../console/model/prometheus-client.ts'
import type { TimeRange } from '../../console/model/time-range.ts'
import { openSession } from '../../lab/processes/session.ts'
import { startGrafana } from '../../lab/servers/grafana.ts'
import { dataFolder, startPrometheus } from '../../lab/servers/prometheus.ts'
import { idleConfig } from '../../lab/servers/prometheus-config.ts'
import { resolveTool } from '../../lab/tools/resolve.ts'
import { startConsole } from '../watch/console.ts'
import { findRun, runName } from '../watch/run-folders.ts'
import { stayUntilStopped } from './stay.ts'

/**
 * Reopens the metrics of a kept run and stays until Ctrl-C.
 * @param asked a run's name, `latest`, or the path of its folder
 * @throws UserError if there is no such run, or Prometheus is unavailable
 */
export async function openRun(asked: string, options: { install: boolean }): Promise<void> {
  const folder = await findRun(asked)
  const session = await openSession()
  try {
    const tool = await resolveTool(session, 'prometheus', options)
    const data = dataFolder(folder)
    const { url } = await startPrometheus(session, tool, { config: idleConfig, data })
    const range = await new PrometheusClient(overHttp(url)).samplesRange()
    const viewer = await startConsole(session, url, runName(folder))
    const grafana = await startGrafana(session, { prometheusUrl: url })
    console.log(`${runName(folder)}: ${url}`)
    console.log(`  boards: ${viewer.url}/console${range ? `?${rangeQuery(range)}` : ''}`)
    if (grafana) console.log(`  Grafana ${grafana.url}`)
    if (range) console.log(`  from ${isoTime(range.fromMs)} to ${isoTime(range.toMs)}`)
    console.log(`  curl '${url}/api/v1/query?${exampleQuery(range?.toMs)}'`)
    console.log('Ctrl-C ends it; the data stays.')
    await stayUntilStopped(session)
  } finally {
    await session.close()
  }
}

/** The range as the boards' address has it, epoch ms, with a little room on both sides. */
function rangeQuery({ fromMs, toMs }: TimeRange): URLSearchParams {
  const roomMs = 5000
  return new URLSearchParams({ from: String(fromMs - roomMs), to: String(toMs + roomMs) })
}

const isoTime = (ms: number) => new Date(ms).toISOString()

function exampleQuery(atMs: number | undefined): URLSearchParams {
  const query = 'sum by (arm, outcome) (max_over_time(stampede_orders_total[1h]))'
  return new URLSearchParams({ query, ...(atMs ? { time: String(atMs / 1000) } : {}) })
}
