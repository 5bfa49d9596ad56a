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
 * @param asked a run's name, or the path of its folder
 * @throws UserError where there is no such run, or Prometheus cannot be had
 */
export async function openRun(asked: string, options: { install: boolean }): Promise<void> {
  const folder = await findRun(asked)
  const session = await openSession()
  try {
    const tool = await resolveTool(session, 'prometheus', options)
    const data = dataFolder(folder)
    const { url, child } = await startPrometheus(session, tool, { config: idleConfig, data })
    const range = await rangeOf(url)
    const viewer = await startConsole(session, url, runName(folder))
    const grafana = await startGrafana(session, { prometheusUrl: url })
    console.log(`${runName(folder)}: ${url}`)
    console.log(`  boards: ${viewer.url}/console${range ? `?${rangeQuery(range)}` : ''}`)
    if (grafana) console.log(`  Grafana ${grafana.url}`)
    if (range) console.log(`  from ${range.from.toISOString()} to ${range.to.toISOString()}`)
    console.log(`  curl '${url}/api/v1/query?${exampleQuery(range?.to)}'`)
    console.log('Ctrl-C ends it; the data stays.')
    await stayUntilStopped(session, [child, viewer])
  } finally {
    await session.close()
  }
}

interface TsdbStatus {
  data: { headStats: { minTime: number; maxTime: number } }
}

/** When the run was, as Prometheus has it; null where it has no samples. */
async function rangeOf(url: string): Promise<{ from: Date; to: Date } | null> {
  const response = await fetch(`${url}/api/v1/status/tsdb`, { signal: AbortSignal.timeout(5000) })
  const { minTime, maxTime } = ((await response.json()) as TsdbStatus).data.headStats
  // Without samples these are the ends of a 64-bit number.
  if (!(minTime > 0 && maxTime >= minTime && maxTime < 8.64e15)) return null
  return { from: new Date(minTime), to: new Date(maxTime) }
}

/** The range as the boards' address has it, epoch ms, with a little room on both sides. */
function rangeQuery({ from, to }: { from: Date; to: Date }): URLSearchParams {
  const roomMs = 5000
  return new URLSearchParams({
    from: String(from.getTime() - roomMs),
    to: String(to.getTime() + roomMs),
  })
}

function exampleQuery(at: Date | undefined): URLSearchParams {
  const query = 'sum by (arm, outcome) (max_over_time(stampede_orders_total[1h]))'
  return new URLSearchParams({ query, ...(at ? { time: String(at.getTime() / 1000) } : {}) })
}
