import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Child, logTail, settle, startChild } from '../processes/child.ts'
import type { Session } from '../processes/session.ts'
import type { PrometheusTool } from '../tools/monitoring-tools.ts'
import { UserError } from '../user-error.ts'
import { freePort } from './free-port.ts'

export interface PrivatePrometheus {
  /** `http://127.0.0.1:<port>` */
  readonly url: string
  readonly child: Child
  stop(): Promise<void>
}

const readyMsMax = 30_000
const portAttemptsMax = 3
/** Bounds a session that stays up for days; nothing goes by its age, since runs are reopened. */
const retentionBytes = '1GB'
const retentionAge = '100y'

/**
 * Starts a private Prometheus, loopback only, which takes remote write and native histograms.
 * @param options.config its whole configuration
 * @param options.data its folder; it outlives the session and may hold an earlier run
 * @throws UserError with the end of its log when it does not come up within 30 s
 */
export async function startPrometheus(
  session: Session,
  tool: PrometheusTool,
  options: { config: string; data: string },
): Promise<PrivatePrometheus> {
  const configFile = session.dataPath('prometheus.json')
  await mkdir(dirname(configFile), { recursive: true })
  await mkdir(options.data, { recursive: true })
  await Bun.write(configFile, options.config)
  for (let attempt = 1; ; attempt++) {
    const port = await freePort()
    const child = await startChild(session, {
      name: 'prometheus',
      command: [tool.path, ...serverArguments(configFile, options.data, port), ...tool.lockFlags],
      // Two of its threads at once would take a small machine away from those it observes.
      environment: { ...tool.environment, GOMAXPROCS: '1' },
    })
    const url = `http://127.0.0.1:${port}`
    try {
      await settle(whenReady(url, child), child, readyMsMax)
      return { url, child, stop: child.stop }
    } catch (error) {
      const log = await logTail(child.logPath)
      if (log.includes('lock DB directory')) {
        throw new UserError(`${options.data} is in use by another Prometheus: end that one first`)
      }
      if (!log.includes('address already in use') || attempt === portAttemptsMax) throw error
    }
  }
}

/** The server's command line; exported for its test. */
export function serverArguments(configFile: string, data: string, port: number): string[] {
  return [
    `--config.file=${configFile}`,
    `--storage.tsdb.path=${data}`,
    `--storage.tsdb.retention.time=${retentionAge}`,
    `--storage.tsdb.retention.size=${retentionBytes}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--web.enable-remote-write-receiver',
    '--enable-feature=native-histograms',
    // For the console, which is served from another port.
    '--web.cors.origin=http://(127\\.0\\.0\\.1|localhost):\\d+',
    '--log.level=warn',
  ]
}

/** Where samples are pushed to. */
export const remoteWriteUrl = (url: string) => new URL('/api/v1/write', url).href

/** Whether a Prometheus answers there within a second. */
export async function isReady(url: string): Promise<boolean> {
  return fetch(new URL('/-/ready', url), { signal: AbortSignal.timeout(1000) }).then(
    (answer) => answer.ok,
    () => false,
  )
}

async function whenReady(url: string, child: Child): Promise<void> {
  let gone = false
  void child.exited.then(() => {
    gone = true
  })
  while (!gone) {
    if (await isReady(url)) return
    await Bun.sleep(25)
  }
  throw new UserError('prometheus ended')
}

/** Folder of a run's data below the folder of its report. */
export const dataFolder = (runFolder: string) => join(runFolder, 'prometheus')
