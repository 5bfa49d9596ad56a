import { cp, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import type { Connection } from 'mysql2'
import { defaultLimits } from '../../server/db/pool.ts'
import { pinSession } from '../../server/db/session.ts'
import { run } from '../processes/run.ts'
import type { Session } from '../processes/session.ts'
import { runStep } from '../progress.ts'
import { randomSecret } from '../random-secret.ts'
import { makeFolder } from '../tools/drafts.ts'
import type { Tool } from '../tools/find.ts'
import { cacheFolder } from '../tools/packages.ts'
import { UserError } from '../user-error.ts'
import { startOnFreePort } from './free-port.ts'
import { mysqlFolders } from './mysql.ts'

const readyMsMax = 60_000
const installMsMax = 120_000

/**
 * Of sessions as the shop's, printed in the report, so that runs can be compared. Names that a
 * server lacks are left out.
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
  'sql_mode',
]

/** One of several servers that share the machine. */
export interface ServerShare {
  /** Unique within the session: names its data and its log. */
  name?: string
  /** It takes one part of so many of the memory and disk that a server alone may take. */
  parts?: number
}

const sizesMegabytes = { bufferPool: 512, redoLog: 256 }

/**
 * Starts a private MariaDB or MySQL with durable settings (redo log flushed at each commit,
 * doublewrite on, no binary log), its data below the session's folder. It needs the
 * session's password, and reads and writes no files for its clients.
 * @returns among others its URL, `mysql://root:<password>@127.0.0.1:<port>`: no schema chosen
 * @throws UserError with the end of the server's log when it does not come up within 60 s
 */
export async function startMariaDb(
  session: Session,
  tool: Tool,
  { name = 'database', parts = 1 }: ServerShare = {},
) {
  const data = session.dataPath(name)
  await mkdir(dirname(data), { recursive: true })
  await cp(await dataTemplate(session, tool), data, { recursive: true })
  const password = randomSecret()
  const account = { mode: 0o600 }
  await Promise.all([
    mkdir(filesOf(data)),
    writeFile(accountOf(data), accountStatements(password), account),
  ])
  const { url, child, ready, again } = await startOnFreePort(session, {
    name,
    command: (port) => [...tool.command, ...serverArguments(tool, data, port, parts)],
    environment: () => tool.environment,
    scheme: `mysql://root:${password}@`,
    ask: readFacts,
    readyMsMax,
  })
  return { url, pid: child.pid, ...ready, child, again }
}

/** Where alone MariaDB's statements may read and write files: an empty folder. */
const filesOf = (data: string) => `${data}-files`

/** Statements that the server runs before it listens. */
const accountOf = (data: string) => `${data}-account.sql`

/**
 * A data folder comes with accounts of no password, and MySQL's with root@localhost only, which no
 * client is over TCP without names. None is left that could be entered without the password.
 */
const accountStatements = (password: string) => `
create user if not exists root@'127.0.0.1';
grant all on *.* to root@'127.0.0.1' with grant option;
alter user root@'127.0.0.1' identified by '${password}';
alter user root@localhost identified by '${password}';
drop user if exists root@'::1';
`

/** Only MariaDB has an installer beside it. */
const isMySql = (tool: Pick<Tool, 'companion'>) => tool.companion === null

/** The server's command line; exported for its test. */
export function serverArguments(
  tool: Pick<Tool, 'companion' | 'root'>,
  data: string,
  port: number,
  parts = 1,
): string[] {
  const { bufferPool, redoLog } = sizesMegabytes
  const redoLogSetting = isMySql(tool) ? 'innodb-redo-log-capacity' : 'innodb-log-file-size'
  return [
    ...commonArguments(tool, data),
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    '--skip-name-resolve',
    `--init-file=${accountOf(data)}`,
    '--local-infile=0',
    // Relative to the data folder: a Unix socket's path holds only about 107 bytes.
    '--socket=database.sock',
    '--pid-file=database.pid',
    '--innodb-flush-log-at-trx-commit=1',
    '--innodb-doublewrite=ON',
    `--innodb-buffer-pool-size=${Math.floor(bufferPool / parts)}M`,
    `--${redoLogSetting}=${Math.floor(redoLog / parts)}M`,
    '--innodb-print-all-deadlocks=OFF',
    '--max-connections=300',
    '--character-set-server=utf8mb4',
    '--collation-server=utf8mb4_general_ci',
    '--default-time-zone=+00:00',
    '--performance-schema=OFF',
    '--skip-log-bin',
    isMySql(tool) ? '--mysqlx=OFF' : `--secure-file-priv=${filesOf(data)}`,
  ]
}

function commonArguments(tool: Pick<Tool, 'companion' | 'root'>, data: string): string[] {
  return [
    '--no-defaults',
    ...(tool.root ? [`--basedir=${join(tool.root, 'usr')}`] : []),
    `--datadir=${data}`,
    ...(isMySql(tool) ? mysqlFolders(tool) : []),
    // The server refuses to run as root unless it is named.
    ...(process.getuid?.() === 0 ? ['--user=root'] : []),
  ]
}

/** A freshly initialised data folder in the cache, made once per server version. */
export async function dataTemplate(session: Session, tool: Tool): Promise<string> {
  const key = `${tool.version}-v1`.replaceAll(/[^\w.+-]/g, '_')
  const template = join(cacheFolder(), 'database-templates', key)
  if (!(await Bun.file(join(template, 'ibdata1')).exists())) {
    await runStep('preparing an empty database', () =>
      makeFolder(template, (draft) => initialise(session, tool, draft)),
    )
  }
  return template
}

async function initialise(session: Session, tool: Tool, data: string): Promise<void> {
  const command = tool.companion
    ? [
        tool.companion,
        // Seen from the folder that it runs in, since MariaDB's script quotes no space in a path.
        ...commonArguments({ ...tool, root: tool.root && relative(data, tool.root) }, '.'),
        '--auth-root-authentication-method=normal',
        '--skip-test-db',
        '--skip-name-resolve',
        // Small, because it is copied; the server grows it to its own setting when it starts.
        '--innodb-log-file-size=8M',
      ]
    : [
        ...[...tool.command, ...commonArguments(tool, data), '--initialize-insecure'],
        ...['--innodb-redo-log-capacity=8M', '--mysqlx=OFF'],
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

export interface DatabaseFacts {
  /** As the server prints it: `10.11.6-MariaDB-…` or `8.4.2`. */
  version: string
  /** Durability, isolation and size settings by variable name, for the report. */
  settings: Record<string, string>
}

/**
 * Reads version and settings of a server over TCP. An answer, not an open port, means ready.
 * @throws the connection's error, within about 6 s
 */
export async function readFacts(url: string): Promise<DatabaseFacts> {
  const { createConnection } = await import('mysql2/promise')
  const connection = await createConnection({ uri: url, connectTimeout: 1_000 })
  try {
    pinSession(coreOf(connection), defaultLimits)
    const [rows] = await connection.query({ sql: 'SHOW VARIABLES', timeout: 5_000 })
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

/** What the driver's promises wrap; their type does not show it. */
const coreOf = (connection: object) => (connection as { connection: Connection }).connection
