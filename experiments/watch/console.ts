import { join, resolve } from 'node:path'
import { type ServerChild, startServer } from '../../lab/processes/child.ts'
import type { Session } from '../../lab/processes/session.ts'

const root = resolve(import.meta.dir, '../..')

/**
 * Starts the page that draws Grafana's boards from a Prometheus on loopback.
 * @param title what is looked at, e.g. the name of a run
 * @param arms APIs of a running environment, whose faults a reader with the token may start
 *   and stop; null for a run that has ended
 */
export async function startConsole(
  session: Session,
  prometheusUrl: string,
  title: string,
  arms: { before: string; after: string } | null = null,
): Promise<ServerChild> {
  return await startServer(session, {
    name: 'console',
    command: [process.execPath, join(root, 'console/main.ts')],
    environment: {
      PROMETHEUS_URL: prometheusUrl,
      DASHBOARDS_FOLDER: join(root, 'dashboards/json'),
      CONSOLE_TITLE: title,
      ...(arms && { ARM_BEFORE_URL: arms.before, ARM_AFTER_URL: arms.after }),
    },
  })
}
