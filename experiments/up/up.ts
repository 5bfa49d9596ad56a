import { allStarted, type ServerChild } from '../../lab/processes/child.ts'
import { openSession, type Session } from '../../lab/processes/session.ts'
import { startTime } from '../../lab/processes/start-time.ts'
import { runStep } from '../../lab/progress.ts'
import type { ServerOptions } from '../../lab/servers/engine.ts'
import { startGrafana } from '../../lab/servers/grafana.ts'
import { upRoles } from '../../lab/servers/prometheus-config.ts'
import { resolveTool } from '../../lab/tools/resolve.ts'
import { exitCodes, UserError } from '../../lab/user-error.ts'
import { openPartnerArm, type PartnerArm } from '../run/arm.ts'
import { openTestBeds, type TestBed } from '../run/test-bed.ts'
import { startConsole } from '../watch/console.ts'
import { noteHandler } from '../watch/crowd-notes.ts'
import { linkLatest, newRunFolder, pruneUps } from '../watch/run-folders.ts'
import { ScrapeProxy } from '../watch/scrape-proxy.ts'
import { openWatch, type Watch, type WatchedServers } from '../watch/watch.ts'
import { stayUntilStopped } from './stay.ts'
import { readUp, removeUp, type Up, writeUp } from './up-file.ts'
import { describeUp } from './up-text.ts'

/** What `./stampede up` was asked for. */
export interface UpOptions extends ServerOptions {
  /** Full labels of two designs. */
  labels: [before: string, after: string]
  /** A proxy stands before the servers of each arm. */
  isProxied: boolean
}

/** An arm to which partners come. */

interface Started {
  /** Those of before and after, which share theirs where the environment names servers. */
  testBeds: TestBed[]
  arms: { before: PartnerArm; after: PartnerArm }
  scrapeProxy: ScrapeProxy
  watch: Watch | null
  console: ServerChild | null
  grafana: { url: string } | null
  folder: string
  token: string
}

/**
 * Starts both arms with all they need and a Prometheus that watches them, and stays until Ctrl-C
 * or `./stampede down`.
 * @throws UserError if an environment is running already, or a server is unavailable
 */
export async function up(options: UpOptions): Promise<void> {
  const running = await readUp()
  if (running) {
    const since = `already up since ${running.startedAt} (process ${running.pid})`
    throw new UserError(`${since}; ./stampede down ends it`, exitCodes.badArguments)
  }
  const session = await openSession()
  try {
    const started = await runStep('starting', () => start(session, options))
    const state = await stateOf(started)
    await writeUp(state)
    session.add({ name: 'up.json', stop: removeUp })
    await linkLatest(started.folder)
    console.log(
      describeUp(
        state,
        started.testBeds.map(({ databases }) => databases),
      ),
    )
    await stayUntilStopped(session)
  } finally {
    await session.close()
  }
}

const armNames = ['before', 'after'] as const

async function start(
  session: Session,
  { labels, isProxied, ...options }: UpOptions,
): Promise<Started> {
  const { install } = options
  const testBeds = await openTestBeds(session, armNames, options)
  const folder = newRunFolder('up', new Date())
  await pruneUps()
  const token = testBeds[0]?.chaosToken ?? ''
  const scrapeProxy = ScrapeProxy.open(session, noteHandler(token))
  // First, since its first scrape takes 5 to 10 s.
  const servers = serversOf(testBeds)
  const watch = await openWatchIfAvailable(session, scrapeProxy, { folder, servers, install })
  // Its first start takes long: it fills its database while the arms start.
  const prometheusUrl = watch?.prometheus.url
  const grafana = prometheusUrl ? startGrafana(session, { prometheusUrl }) : null
  const [before, after] = (await allStarted(
    testBeds.map((testBed, index) => {
      const [name, design] = [armNames[index] ?? '', labels[index] ?? '']
      const own = { ...testBed, isProxied, isForAnyDesign: true } as const
      return openPartnerArm(own, { name, design }, `up-${name}`)
    }),
  )) as [PartnerArm, PartnerArm]
  const arms = { before, after }
  for (const arm of Object.values(arms)) {
    watch?.armUp(arm)
    const gateway = `${upRoles[0]}-${arm.spec.name}`
    scrapeProxy.expose(gateway, `${arm.couponGateway.url}/metrics`)
  }
  const apis = { before: before.api.url, after: after.api.url }
  const console = watch ? await startConsole(session, watch.prometheus.url, 'up', apis) : null
  await watch?.seeing
  return { testBeds, arms, scrapeProxy, watch, console, grafana: await grafana, folder, token }
}

/** Once where the arms share them. */
function serversOf(testBeds: readonly TestBed[]): WatchedServers[] {
  const all = testBeds.map(({ databases }) => databases)
  const [databases] = all
  if (databases && new Set(all).size === 1) return [{ arm: null, databases }]
  return all.map((own, index) => ({ arm: armNames[index] ?? null, databases: own }))
}

async function openWatchIfAvailable(
  session: Session,
  scrapeProxy: ScrapeProxy,
  { folder, servers, install }: { folder: string; servers: WatchedServers[]; install: boolean },
): Promise<Watch | null> {
  const tool = await resolveTool(session, 'prometheus', { install }).catch((error: unknown) => {
    if (!(error instanceof UserError)) throw error
    console.error(`stampede: no Prometheus, no boards: ${error.message}`)
    return null
  })
  return tool
    ? await openWatch(session, scrapeProxy, tool, {
        ...{ runFolder: folder, servers, moreRoles: upRoles },
      })
    : null
}

async function stateOf(started: Started): Promise<Up> {
  const { token, console, grafana, arms, watch, scrapeProxy, folder } = started
  const armOf = ({ spec, databaseUrl, users, ...processes }: PartnerArm) => ({
    design: spec.design,
    api: processes.api.url,
    worker: processes.worker.url,
    tickets: processes.tickets.url,
    bank: processes.bank.url,
    couponGateway: processes.couponGateway.url,
    database: databaseUrl,
    users,
  })
  return {
    pid: process.pid,
    processStart: await startTime(process.pid),
    startedAt: new Date().toISOString(),
    folder,
    arms: { before: armOf(arms.before), after: armOf(arms.after) },
    prometheus: watch?.prometheus.url ?? null,
    console: console?.url ?? null,
    grafana: grafana?.url ?? null,
    scrapeProxy: scrapeProxy.url,
    token,
  }
}
