import { join, resolve } from 'node:path'
import { startServer } from '../../lab/processes/child.ts'
import type { Session } from '../../lab/processes/session.ts'
import type { Databases } from '../../lab/servers/databases.ts'
import {
  dataFolder,
  type PrivatePrometheus,
  startPrometheus,
} from '../../lab/servers/prometheus.ts'
import { armRoles, privateConfig } from '../../lab/servers/prometheus-config.ts'
import type { Tool } from '../../lab/tools/find.ts'
import type { PrivateArm } from '../run/arm.ts'
import type { ScrapeProxy } from './scrape-proxy.ts'

/** A private Prometheus that sees arms, servers and runs of a session. */
export interface Watch {
  scrapeProxy: ScrapeProxy
  prometheus: PrivatePrometheus
  samplerUrl: string
  /** Settles once Prometheus scrapes, which takes it 5 to 10 s; at the latest after 15 s. */
  seeing: Promise<void>
  /** From now on the arm's processes are scraped, after a crash on the same port too. */
  armUp(arm: PrivateArm): void
  armDown(arm: PrivateArm): void
}

const root = resolve(import.meta.dir, '../..')
const seeingMsMax = 15_000

/**
 * Starts sampler and Prometheus beside the session's servers.
 * @param runFolder where the data is kept, below `prometheus/`
 * @param armNames of the arms that may be started
 */
export async function openWatch(
  testBed: { session: Session; databases: Databases },
  scrapeProxy: ScrapeProxy,
  tool: Tool,
  runFolder: string,
  armNames: readonly string[] = ['before', 'after'],
): Promise<Watch> {
  const { session, databases } = testBed
  const sampler = await startServer(session, {
    name: 'sampler',
    command: [process.execPath, join(root, 'lab/sampler/main.ts')],
    environment: {
      DATABASE_URL: databases.databaseUrl,
      REDIS_URL: databases.redisUrl,
      STAMPEDE_PORT: '0',
    },
  })
  const relayed = armRoles.flatMap((role) => armNames.map((arm) => `${role}-${arm}`))
  const sampled = { address: `127.0.0.1:${sampler.port}` }
  const addresses = {
    ...Object.fromEntries(
      relayed.map((name) => [name, { address: scrapeProxy.address, path: `/scrape/${name}` }]),
    ),
    mysql: { ...sampled, path: '/mysql' },
    redis: { ...sampled, path: '/redis' },
    // The name of its job in Prometheus.
    harness: { address: scrapeProxy.address, path: '/metrics' },
  }
  const config = await privateConfig(addresses, armNames)
  const data = dataFolder(runFolder)
  const prometheus = await startPrometheus(session, tool, { config, data })
  const seeing = Promise.race([scrapeProxy.firstScrape, Bun.sleep(seeingMsMax)])
  return {
    scrapeProxy,
    seeing,
    prometheus,
    samplerUrl: sampler.url,
    armUp(arm) {
      for (const role of armRoles) {
        scrapeProxy.expose(`${role}-${arm.spec.name}`, `${arm[role].url}/metrics`)
      }
    },
    armDown(arm) {
      for (const role of armRoles) scrapeProxy.expose(`${role}-${arm.spec.name}`, null)
    },
  }
}
