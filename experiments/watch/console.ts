import { join, resolve } from 'node:path'
import { type ServerChild, startServer } from '../../lab/processes/child.ts'
import type { Session } from '../../lab/processes/session.ts'

const root = resolve(import.meta.dir, '../..')

/**
 * Starts the page that draws Grafana's boards from a Prometheus on loopback.
 * @param title what is looked at, e.g. the name of a run
 */
export async function startConsole(
  session: Session,
  prometheusUrl: string,
  title: string,
): Promise<ServerChild> {
  return await startServer(session, {
    name: 'console',
    command: [process.execPath, join(root, 'console/main.ts')],
    environment: {
      PROMETHEUS_URL: prometheusUrl,
      DASHBOARDS_FOLDER: join(root, 'dashboards/json'),
      CONSOLE_TITLE: title,
    },
  })
}
