import { mkdir, readdir, realpath, symlink } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Session } from '../processes/session.ts'
import { whichOnMachine } from '../tools/find.ts'
import { startOnFreePort } from './free-port.ts'

/** A Grafana on this machine. Nothing fetches one: the console draws the boards without it. */
export interface GrafanaTool {
  /** Program and subcommand. */
  command: string[]
  /** Where its page and its `conf/defaults.ini` are. */
  home: string
}

const readyMsMax = 60_000
const dashboards = resolve(import.meta.dir, '../../dashboards')

/** Where packages put Grafana's home: Debian's and RPM's, Homebrew's on ARM, Intel and Linux. */
const knownHomes = [
  '/usr/share/grafana',
  '/opt/homebrew/share/grafana',
  '/usr/local/share/grafana',
  '/home/linuxbrew/.linuxbrew/share/grafana',
]

/**
 * Grafana where its program and its home are on this machine, or null.
 * @param homes tried after the places that belong to the program itself
 */
export async function findGrafana(homes = knownHomes): Promise<GrafanaTool | null> {
  for (const [name, ...subcommand] of [['grafana', 'server'], ['grafana-server']] as const) {
    const path = whichOnMachine(name)
    if (!path) continue
    const own = dirname(await realpath(path))
    for (const home of [join(own, '..'), join(own, '../share/grafana'), ...homes]) {
      if (!(await Bun.file(join(home, 'conf/defaults.ini')).exists())) continue
      // On PATH a package has a wrapper, which reads settings that only its own user may read.
      const unwrapped = join(home, 'bin', name)
      const program = (await Bun.file(unwrapped).exists()) ? unwrapped : path
      return { command: [program, ...subcommand], home }
    }
  }
  return null
}

/**
 * Starts a private Grafana, loopback only, with the committed boards on a Prometheus; it ends with
 * the session, and so does all it keeps. One that is not ready within 60 s is reported, and the
 * session goes on without it.
 * @param options.prometheusUrl `http://127.0.0.1:<port>`
 * @returns null if none is installed, or it did not become ready
 */
export async function startGrafana(
  session: Session,
  { prometheusUrl }: { prometheusUrl: string },
  homes = knownHomes,
): Promise<{ url: string } | null> {
  try {
    const tool = await findGrafana(homes)
    return tool ? await startFound(session, tool, prometheusUrl) : null
  } catch (error) {
    if (session.signal.aborted) return null
    const [reason] = (error instanceof Error ? error.message : String(error)).split('\n')
    const log = session.logPath('grafana')
    console.error(`stampede: no Grafana, the console has the boards: ${reason} (${log})`)
    return null
  }
}

async function startFound(
  session: Session,
  { command, home }: GrafanaTool,
  prometheusUrl: string,
): Promise<{ url: string }> {
  const folders = await prepareFolders(session)
  const { url } = await startOnFreePort(session, {
    name: 'grafana',
    command: () => [...command, `--homepath=${home}`, `--config=${folders.config}`],
    environment: (port) => ({
      ...settings(folders, port),
      PROMETHEUS_URL: prometheusUrl,
      STAMPEDE_BOARDS: folders.boards,
      // More of its threads would take a small machine away from those it shows.
      GOMAXPROCS: '1',
    }),
    ask: async (address) => {
      const options = { signal: AbortSignal.timeout(1000) }
      return (await fetch(`${address}/api/health`, options)).ok || null
    },
    readyMsMax,
  })
  return { url }
}

type Folders = Awaited<ReturnType<typeof prepareFolders>>

async function prepareFolders(session: Session) {
  const root = session.dataPath('grafana')
  const below = (name: string) => join(root, name)
  const boards = below('boards')
  for (const name of ['data', 'logs', 'plugins', 'boards/Stampede']) {
    await mkdir(below(name), { recursive: true })
  }
  // Grafana's walk follows links to files, not to folders (provisioning/dashboards/file_reader.go).
  for (const name of await readdir(join(dashboards, 'json'))) {
    await symlink(join(dashboards, 'json', name), join(boards, 'Stampede', name))
  }
  const config = below('grafana.ini')
  await Bun.write(
    config,
    '; In place of the settings of this machine: all is in the environment.\n',
  )
  return { data: below('data'), logs: below('logs'), plugins: below('plugins'), boards, config }
}

/** Names as in Grafana's conf/defaults.ini: GF_SECTION_KEY. */
function settings({ data, logs, plugins }: Folders, port: number): Record<string, string> {
  return {
    GF_SERVER_PROTOCOL: 'http',
    GF_SERVER_HTTP_ADDR: '127.0.0.1',
    GF_SERVER_HTTP_PORT: String(port),
    GF_SERVER_DOMAIN: '127.0.0.1',
    GF_PATHS_DATA: data,
    GF_PATHS_LOGS: logs,
    GF_PATHS_PLUGINS: plugins,
    GF_PATHS_PROVISIONING: join(dashboards, 'provisioning'),
    GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH: join(dashboards, 'json/stampede-before-after.json'),
    // Everyone on this machine may look; signing in is not possible.
    GF_AUTH_ANONYMOUS_ENABLED: 'true',
    GF_AUTH_ANONYMOUS_ORG_ROLE: 'Viewer',
    GF_AUTH_BASIC_ENABLED: 'false',
    GF_AUTH_DISABLE_LOGIN_FORM: 'true',
    GF_USERS_ALLOW_SIGN_UP: 'false',
    GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION: 'true',
    // Nothing is fetched, and nothing is sent outside.
    GF_SECURITY_DISABLE_GRAVATAR: 'true',
    GF_ANALYTICS_REPORTING_ENABLED: 'false',
    GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
    GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: 'false',
    GF_NEWS_NEWS_FEED_ENABLED: 'false',
    GF_SNAPSHOTS_EXTERNAL_ENABLED: 'false',
    GF_PLUGINS_PREINSTALL_DISABLED: 'true',
    GF_LOG_MODE: 'console',
  }
}
