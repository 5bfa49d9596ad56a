import type { ServerChild } from '../../lab/processes/child.ts'
import { openSession, type Session } from '../../lab/processes/session.ts'
import { startTime } from '../../lab/processes/start-time.ts'
import { runStep } from '../../lab/progress.ts'
import { startGrafana } from '../../lab/servers/grafana.ts'
import { resolveTool } from '../../lab/tools/resolve.ts'
import { exitCodes, UserError } from '../../lab/user-error.ts'
import { openArm, type PrivateArm } from '../run/arm.ts'
import { openTestBed, type TestBed } from '../run/test-bed.ts'
import { startConsole } from '../watch/console.ts'
import { noteHandler } from '../watch/crowd-notes.ts'
import { linkLatest, newRunFolder, pruneUps } from '../watch/run-folders.ts'
import { startScrapeProxy } from '../watch/scrape-proxy.ts'
import { openWatch, type Watch } from '../watch/watch.ts'
import { stayUntilStopped } from './stay.ts'
import { readUp, removeUp, type Up, writeUp } from './up-file.ts'
import { describeUp } from './up-text.ts'

/** What `./stampede up` was asked for. */
export interface UpOptions {
  /** Full labels of two designs. */
  labels: [before: string, after: string]
  /** May fetch tools that are missing. */
  install: boolean
}

interface Started {
  testBed: TestBed
  console: ServerChild | null
  grafana: { url: string } | null
  arms: { before: PrivateArm; after: PrivateArm }
  watch: Watch | null
  harness: string
  folder: string
}

/**
 * Starts both arms with all they need and a Prometheus that watches them, and stays until Ctrl-C
 * or `./stampede down`.
 * @throws UserError where it is up already, or a server cannot be had
 */
export async function up(options: UpOptions): Promise<void> {
  const there = await readUp()
  if (there) {
    const since = `already up since ${there.startedAt} (process ${there.pid})`
    throw new UserError(`${since}; ./stampede down ends it`, exitCodes.badArguments)
  }
  const session = await openSession()
  try {
    const started = await runStep('starting', () => start(session, options))
    const { arms, watch, testBed } = started
    await writeUp(await toldOf(started))
    await linkLatest(started.folder)
    session.add({ name: 'up.json', stop: removeUp })
    console.log(describeUp(await toldOf(started), testBed.databases))
    const children = [arms.before, arms.after].flatMap((arm) => [
      arm.api,
      arm.worker,
      arm.tickets,
      arm.bank,
    ])
    const seen = [watch?.prometheus.child, started.console].filter((child) => child != null)
    await stayUntilStopped(session, [...children, ...seen])
  } finally {
    await session.close()
  }
}

async function start(session: Session, { labels, install }: UpOptions): Promise<Started> {
  const testBed = await openTestBed(session, { install })
  const [beforeDesign, afterDesign] = labels
  const folder = newRunFolder('up', new Date())
  await pruneUps()
  const harness = startScrapeProxy(noteHandler(testBed.chaosToken))
  // First, since it takes its time to begin.
  const watch = await openWatchOrSay(testBed, harness, folder, install)
  // Its first start takes long: it fills its database while the arms come up.
  const prometheusUrl = watch?.prometheus.url
  const grafana = prometheusUrl ? startGrafana(session, { prometheusUrl }) : null
  const before = await openArm(testBed, { name: 'before', design: beforeDesign }, 'up-before')
  const after = await openArm(testBed, { name: 'after', design: afterDesign }, 'up-after')
  for (const arm of [before, after]) watch?.armUp(arm)
  const console = watch ? await startConsole(session, watch.prometheus.url, 'up') : null
  await watch?.seeing
  const arms = { before, after }
  return { testBed, console, grafana: await grafana, arms, watch, harness: harness.url, folder }
}

async function openWatchOrSay(
  testBed: TestBed,
  harness: ReturnType<typeof startScrapeProxy>,
  folder: string,
  install: boolean,
): Promise<Watch | null> {
  const tool = await resolveTool(testBed.session, 'prometheus', { install }).catch(
    (error: unknown) => {
      if (!(error instanceof UserError)) throw error
      console.error(`stampede: no Prometheus, no boards: ${error.message}`)
      return null
    },
  )
  if (tool) return await openWatch(testBed, harness, tool, folder)
  testBed.session.add({ name: 'harness', stop: harness.stop })
  return null
}

async function toldOf(started: Started): Promise<Up> {
  const { testBed, console, grafana, arms, watch, harness, folder } = started
  const armOf = ({ spec, api, worker, tickets, bank, databaseUrl, users }: PrivateArm) => ({
    design: spec.design,
    api: api.url,
    worker: worker.url,
    tickets: tickets.url,
    bank: bank.url,
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
    harness,
    token: testBed.chaosToken,
  }
}
