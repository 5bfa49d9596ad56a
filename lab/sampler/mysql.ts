import type { Registry } from 'prom-client'
import { registerMetrics } from '../../server/metrics/register.ts'
import { counter, gauge, type Metric } from '../../server/metrics/table.ts'

/** SHOW GLOBAL STATUS as it stands, by lower-case name; null while the server does not answer. */
export type GlobalStatus = ReadonlyMap<string, string> | null

/** mysqld_exporter exposes any variable under this prefix, without knowing its type. */
const prefix = 'mysql_global_status_'

const untyped = (isTotal: boolean) => (help: string) =>
  ({ type: 'untyped', help, labels: {}, isTotal }) satisfies Metric
const total = untyped(true)
const level = untyped(false)

const variableMetrics = {
  mysql_global_status_innodb_row_lock_waits: total('Times that a statement waited for a row lock.'),
  mysql_global_status_innodb_row_lock_time: total(
    'Time that statements have waited for row locks, milliseconds.',
  ),
  mysql_global_status_innodb_row_lock_current_waits: level(
    'Statements that wait for a row lock now.',
  ),
  mysql_global_status_innodb_deadlocks: total('Deadlocks.'),
  mysql_global_status_innodb_history_list_length: level(
    'Undo log pages that purge has not taken yet.',
  ),
  mysql_global_status_innodb_buffer_pool_read_requests: total('Logical reads of pages.'),
  mysql_global_status_innodb_buffer_pool_reads: total('Logical reads that had to go to the disk.'),
  mysql_global_status_innodb_os_log_fsyncs: total(
    'Syncs of the redo log (MySQL; MariaDB counts log writes only).',
  ),
  mysql_global_status_innodb_log_writes: total(
    'Writes of the redo log; commits ÷ writes is how well commits are grouped.',
  ),
  mysql_global_status_innodb_data_fsyncs: total('Syncs of data files.'),
  mysql_global_status_threads_running: level('Connections that run a statement now.'),
  mysql_global_status_threads_connected: level('Connections.'),
}

/** Of a statement's name only those that a shop sends: the server knows over 150. */
const commands = [
  ...['begin', 'commit', 'rollback', 'select', 'insert', 'update', 'delete', 'replace'],
  ...['stmt_prepare', 'stmt_execute', 'kill', 'set_option', 'show_status'],
]

const poolPageStates = ['data', 'free', 'misc', 'old']

const typedMetrics = {
  mysql_up: gauge('Whether the MySQL server is up.'),
  mysql_global_status_buffer_pool_pages: gauge('Innodb buffer pool pages by state.', {
    state: poolPageStates,
  }),
  mysql_global_status_buffer_pool_dirty_pages: gauge('Innodb buffer pool dirty pages.'),
  mysql_global_status_commands_total: counter('Total number of executed MySQL commands.', {
    command: commands,
  }),
}

/** Those of mysqld_exporter's metrics that the boards show, under its names and types. */
export const mySqlMetrics = { ...typedMetrics, ...variableMetrics }

/** No series where this server has no such variable: MariaDB and MySQL differ. */
export function registerMySqlMetrics(registry: Registry, status: () => GlobalStatus): void {
  const variable = (name: string): number | undefined => {
    const text = status()?.get(name)
    return text === undefined ? undefined : Number(text)
  }
  const variables = (names: readonly string[], variableOf: (name: string) => string) =>
    Object.fromEntries(
      names.flatMap((name) => {
        const value = variable(variableOf(name))
        return value === undefined ? [] : [[name, value]]
      }),
    )
  registerMetrics(registry, typedMetrics, {
    mysql_up: () => (status() ? 1 : 0),
    mysql_global_status_buffer_pool_pages: () =>
      variables(poolPageStates, (state) => `innodb_buffer_pool_pages_${state}`),
    mysql_global_status_buffer_pool_dirty_pages: () => variable('innodb_buffer_pool_pages_dirty'),
    mysql_global_status_commands_total: () => variables(commands, (command) => `com_${command}`),
  })
  const names = Object.keys(variableMetrics)
  const readings = names.map((name) => [name, () => variable(name.slice(prefix.length))])
  registerMetrics(registry, variableMetrics, Object.fromEntries(readings))
}
