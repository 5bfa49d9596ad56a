import { cp, mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Child, logTail, settle, startChild } from '../processes/child.ts'
import { run } from '../processes/run.ts'
import type { Session } from '../processes/session.ts'
import { runStep } from '../progress.ts'
import { makeFolder } from '../tools/drafts.ts'
import { cacheFolder } from '../tools/packages.ts'
import type { DatabaseTool } from '../tools/tools.ts'
import { UserError } from '../user-error.ts'
import { freePort } from './free-port.ts'

export interface PrivateDatabase {
  /** `mysql://root@127.0.0.1:<port>`, no password, loopback only, no schema chosen. */
  readonly url: string
  readonly pid: number
  /** As the server says it: `10.11.6-MariaDB-…` or `8.4.2`. */
  readonly version: string
  /** Durability, isolation and size settings by variable name, for the report. */
  readonly settings: Record<string, string>
  stop(): Promise<void>
}

const readyMsMax = 60_000
const installMsMax = 120_000
const portAttemptsMax = 3

/**
 * Printed in the report: what makes two runs comparable. Names that a server lacks are left out.
 */
const reportedSettings = [
  'innodb_flush_log_at_trx_commit',
  'innodb_doublewrite',
  'innodb_buffer_pool_size',
  'innodb_log_file_size',
  'innodb_redo_log_capacity',
  'innodb_flush_method',
  'innodb_lock_wait_timeout',
  'innodb_snapshot_isolation',
  'max_connections',
  'log_bin',
  'tx_isolation',
  'transaction_isolation',
]

/**
 * Starts a private MariaDB or MySQL with durable settings (redo log flushed at each commit,
 * doublewrite on, no binary log), its data below the session's folder.
 * @throws UserError with the end of the server's log when it does not come up within 60 s
 */
export async function startMariaDb(session: Session, tool: DatabaseTool): Promise<PrivateDatabase> {
  const data = session.dataPath('database')
  await mkdir(dirname(data), { recursive: true })
  await cp(await dataTemplate(session, tool), data, { recursive: true })
  for (let attempt = 1; ; attempt++) {
    const port = await freePort()
    const child = await startChild(session, {
      name: 'database',
      command: [tool.server, ...serverArguments(tool, data, port)],
      environment: tool.environment,
    })
    const url = `mysql://root@127.0.0.1:${port}`
    try {
      const { version, settings } = await settle(whenReady(url, child), child, readyMsMax)
      return { url, pid: child.pid, version, settings, stop: child.stop }
    } catch (error) {
      // Somebody else took the port between looking and binding.
      const clash = (await logTail(child.logPath)).includes('Address already in use')
      if (!clash || attempt === portAttemptsMax) throw error
    }
  }
}

/** The server's command line; exported for its test. */
export function serverArguments(
  tool: Pick<DatabaseTool, 'flavour' | 'base'>,
  data: string,
  port: number,
): string[] {
  return [
    ...commonArguments(tool, data),
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    '--skip-name-resolve',
    // Relative to the data folder: a Unix socket's path holds only about 107 bytes.
    '--socket=database.sock',
    '--pid-file=database.pid',
    '--innodb-flush-log-at-trx-commit=1',
    '--innodb-doublewrite=ON',
    '--innodb-buffer-pool-size=512M',
    tool.flavour === 'mysql' ? '--innodb-redo-log-capacity=256M' : '--innodb-log-file-size=256M',
    '--innodb-print-all-deadlocks=OFF',
    '--max-connections=300',
    '--character-set-server=utf8mb4',
    '--collation-server=utf8mb4_general_ci',
    '--default-time-zone=+00:00',
    '--performance-schema=OFF',
    '--skip-log-bin',
    ...(tool.flavour === 'mysql' ? ['--mysqlx=OFF'] : []),
  ]
}

function commonArguments(tool: Pick<DatabaseTool, 'base'>, data: string): string[] {
  return [
    '--no-defaults',
    ...(tool.base ? [`--basedir=${tool.base}`] : []),
    `--datadir=${data}`,
    // The server refuses to run as root unless told so by name.
    ...(process.getuid?.() === 0 ? ['--user=root'] : []),
  ]
}

/** A freshly initialised data folder in the cache, made once per server version. */
async function dataTemplate(session: Session, tool: DatabaseTool): Promise<string> {
  const key = `${tool.version}-v1`.replaceAll(/[^\w.+-]/g, '_')
  const template = join(cacheFolder(), 'database-templates', key)
  if (!(await Bun.file(join(template, 'ibdata1')).exists())) {
    await runStep('preparing an empty database', () =>
      makeFolder(template, (draft) => initialise(session, tool, draft)),
    )
  }
  return template
}

async function initialise(session: Session, tool: DatabaseTool, data: string): Promise<void> {
  const command =
    tool.flavour === 'mysql'
      ? [tool.server, ...commonArguments(tool, data), '--initialize-insecure']
      : [
          tool.install,
          ...commonArguments(tool, data),
          '--auth-root-authentication-method=normal',
          '--skip-test-db',
          '--skip-name-resolve',
          // Small, because it is copied; the server grows it to its own setting when it starts.
          '--innodb-log-file-size=8M',
        ]
  const { code, out, err } = await run(command, {
    session,
    environment: tool.environment,
    folder: data,
    timeoutMs: installMsMax,
  })
  if (code !== 0) {
    throw new UserError(`${command[0]} could not make a database folder (${code})\n${out}${err}`)
  }
}

async function whenReady(url: string, child: Child): Promise<DatabaseFacts> {
  let gone = false
  void child.exited.then(() => {
    gone = true
  })
  while (!gone) {
    const facts = await readFacts(url).catch(() => null)
    if (facts) return facts
    await Bun.sleep(25)
  }
  throw new UserError('the database ended')
}

export interface DatabaseFacts {
  version: string
  settings: Record<string, string>
}

/**
 * Asks a server over TCP who it is and how it is set. An answer, not an open port, means ready.
 * @throws the connection's error, within about 6 s
 */
export async function readFacts(url: string): Promise<DatabaseFacts> {
  const { createConnection } = await import('mysql2/promise')
  const connection = await createConnection({ uri: url, connectTimeout: 1_000 })
  try {
    const [rows] = await connection.query({ sql: 'SHOW GLOBAL VARIABLES', timeout: 5_000 })
    const variables = rows as { Variable_name: string; Value: string }[]
    const all = new Map(variables.map((row) => [row.Variable_name, row.Value]))
    const settings = reportedSettings.flatMap((name) => {
      const value = all.get(name)
      return value === undefined ? [] : [[name, value] as const]
    })
    return { version: all.get('version') ?? 'unknown', settings: Object.fromEntries(settings) }
  } finally {
    connection.destroy()
  }
}
