import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSession } from '../processes/session.ts'
import { startPrometheus } from '../servers/prometheus.ts'
import { findTool } from '../tools/find.ts'

/** The Prometheus of this machine or the cache; tests that need it are skipped without one. */
export const prometheusTool = await findTool('prometheus')
if (!prometheusTool) console.log('skipped: what needs Prometheus (none is installed)')

/** A session and a Prometheus of a test's own. */
export async function openPrometheus(config: string) {
  if (!prometheusTool) throw new Error('no Prometheus is installed')
  const folder = await mkdtemp(join(tmpdir(), 'stampede-prometheus-'))
  const session = await openSession(join(folder, 'sessions'))
  const data = join(folder, 'data')
  const prometheus = await startPrometheus(session, prometheusTool, { config, data })
  return {
    session,
    folder,
    prometheus,
    async close() {
      await session.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
