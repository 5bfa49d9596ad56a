import { join, resolve } from 'node:path'
import { allStarted, startServer } from '../../lab/processes/child.ts'
import type { Session } from '../../lab/processes/session.ts'
import type { Databases } from '../../lab/servers/databases.ts'
import {
  dataFolder,
  type PrivatePrometheus,
  startPrometheus,
} from '../../lab/servers/prometheus.ts'
import { privateConfig, scrapedRoles, serverRoles } from '../../lab/servers/prometheus-config.ts'
import type { Tool } from '../../lab/tools/find.ts'
import type { PrivateArm } from '../run/arm.ts'
import type { ScrapeProxy } from './scrape-proxy.ts'

/** A private Prometheus that sees arms, servers and runs of a session. */
export interface Watch {
  scrapeProxy: ScrapeProxy
  prometheus: PrivatePrometheus
  samplerUrls: string[]
  /** Settles once Prometheus scrapes, which takes it 5 to 10 s; at the latest after 15 s. */
  seeing: Promise<void>
  /** From now on the arm's processes are scraped, after a crash on the same port too. */
  armUp(arm: PrivateArm): void
  armDown(arm: PrivateArm): void
}

const root = resolve(import.meta.dir, '../..')
const seeingMsMax = 15_000

/** A database server and Redis, and whose they are. */
export interface WatchedServers {
  /** Null where all arms share them. */
  arm: string | null
  databases: Databases
}

interface WatchOptions {
  /** Where the data is kept, below `prometheus/`. */
  runFolder: string
  servers: readonly WatchedServers[]
  /** Arms that may be started. */
  armNames?: readonly string[]
  /** Roles that each arm has besides those of every arm. */
  moreRoles?: readonly string[]
}

/** Starts Prometheus, and a sampler for each pair of servers. */
export async function openWatch(
  session: Session,
  scrapeProxy: ScrapeProxy,
  tool: Tool,
  { runFolder, servers, armNames = ['before', 'after'], moreRoles = [] }: WatchOptions,
): Promise<Watch> {
  const samplers = await allStarted(servers.map((own) => startSampler(session, own)))
  const relayed = [...scrapedRoles, ...moreRoles].flatMap((role) =>
    armNames.map((arm) => `${role}-${arm}`),
  )
  const addresses = {
    ...Object.fromEntries(
      relayed.map((name) => [name, { address: scrapeProxy.address, path: `/scrape/${name}` }]),
    ),
    ...Object.fromEntries(samplers.flatMap(({ targets }) => targets)),
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
    samplerUrls: samplers.map(({ url }) => url),
    armUp(arm) {
      for (const role of scrapedRoles) {
        scrapeProxy.expose(`${role}-${arm.spec.name}`, `${arm[role].url}/metrics`)
      }
    },
    armDown(arm) {
      for (const role of scrapedRoles) scrapeProxy.expose(`${role}-${arm.spec.name}`, null)
    },
  }
}

async function startSampler(session: Session, { arm, databases }: WatchedServers) {
  const suffix = arm === null ? '' : `-${arm}`
  const { url, port } = await startServer(session, {
    name: `sampler${suffix}`,
    command: [process.execPath, join(root, 'lab/sampler/main.ts')],
    environment: {
      DATABASE_URL: databases.databaseUrl,
      REDIS_URL: databases.redisUrl,
    },
  })
  const targets = serverRoles.map(
    (role) => [`${role}${suffix}`, { address: `127.0.0.1:${port}`, path: `/${role}` }] as const,
  )
  return { url, targets }
}
