import { join } from 'node:path'
import { run } from '../../lab/processes/run.ts'
import { root } from './compose-file.ts'
import type { Statement } from './statements.ts'

const script = 'deploy/mysql/accounts.sh'

/** The functions that the image's entrypoint provides to the scripts that it sources. */
const entrypoint = `set -eo pipefail
docker_process_sql() { cat; }
mysql_error() { echo "$1" >&2; exit 1; }
. "$1"`

/** The SQL that accounts.sh sends to the image's entrypoint; `refusal` when it stops instead. */
export async function accountsSql(
  environment: Record<string, string>,
): Promise<{ sql: string; refusal: string | null }> {
  const command = ['bash', '-c', entrypoint, 'entrypoint', join(root, script)]
  const { code, out, err } = await run(command, { environment })
  return { sql: out, refusal: code === 0 ? null : err.trim() }
}

/** The same with the compose file's own names, one statement each. */
export async function accountStatements(): Promise<Statement[]> {
  const { sql } = await accountsSql({ MYSQL_USER: 'stampede', EXPORTER_PASSWORD: 'stampede' })
  return sql
    .split(';')
    .filter((statement) => statement.trim() !== '')
    .map((statement) => ({ where: script, sql: statement }))
}
