import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { answersOk } from '../answers-ok.ts'
import { logTail } from '../processes/child.ts'
import { run } from '../processes/run.ts'
import type { Session } from '../processes/session.ts'
import type { Tool } from '../tools/find.ts'
import { UserError } from '../user-error.ts'
import { startOnFreePort } from './free-port.ts'

export type PrivatePrometheus = Awaited<ReturnType<typeof startPrometheus>>

const readyMsMax = 30_000
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
  tool: Tool,
  options: { config: string; data: string },
) {
  const configFile = session.dataPath('prometheus.json')
  await mkdir(dirname(configFile), { recursive: true })
  await mkdir(options.data, { recursive: true })
  await Bun.write(configFile, options.config)
  const lockFlags = await lockFlagsOf(tool.path)
  try {
    const { url, child } = await startOnFreePort(session, {
      name: 'prometheus',
      command: (port) => [
        tool.path,
        ...serverArguments(configFile, options.data, port),
        ...lockFlags,
      ],
      // Two of its threads at once would take a small machine away from those it observes.
      environment: () => ({ ...tool.environment, GOMAXPROCS: '1' }),
      ask: async (address) => (await isReady(address)) || null,
      readyMsMax,
    })
    return { url, child, stop: child.stop }
  } catch (error) {
    if (!(await logTail(session.logPath('prometheus'))).includes('lock DB directory')) throw error
    throw new UserError(`${options.data} is in use by another Prometheus: end that one first`)
  }
}

/** Debian's build locks its data folder only on request; upstream's builds always do. */
async function lockFlagsOf(path: string): Promise<string[]> {
  const flag = '--storage.tsdb.use-lockfile'
  const { out, err } = await run([path, '--help'])
  return `${out}${err}`.includes(flag) ? [flag] : []
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
export const isReady = (url: string) => answersOk(new URL('/-/ready', url), 1000)

/** Folder of a run's data below the folder of its report. */
export const dataFolder = (runFolder: string) => join(runFolder, 'prometheus')
