import type { Registry } from 'prom-client'
import {
  type MetricHead,
  type MetricType,
  registerScraped,
  type ScrapedValue,
} from '../../server/metrics/scraped.ts'

/** SHOW GLOBAL STATUS as it stands, by lower-case name; null while the server does not answer. */
export type GlobalStatus = ReadonlyMap<string, string> | null

const prefix = 'mysql_global_status_'

/** Status variables under mysqld_exporter's generic names, whose type it does not know. */
const variables: Record<string, string> = {
  innodb_row_lock_waits: 'Times that a statement waited for a row lock.',
  innodb_row_lock_time: 'Time that statements have waited for row locks, milliseconds.',
  innodb_row_lock_current_waits: 'Statements that wait for a row lock now.',
  innodb_deadlocks: 'Deadlocks.',
  innodb_history_list_length: 'Undo log pages that purge has not taken yet.',
  innodb_buffer_pool_read_requests: 'Logical reads of pages.',
  innodb_buffer_pool_reads: 'Logical reads that had to go to the disk.',
  innodb_os_log_fsyncs: 'Syncs of the redo log (MySQL; MariaDB counts log writes only).',
  innodb_log_writes: 'Writes of the redo log; commits ÷ writes is how well commits are grouped.',
  innodb_data_fsyncs: 'Syncs of data files.',
  threads_running: 'Connections that run a statement now.',
  threads_connected: 'Connections.',
}

/** Of a statement's name only those that a shop sends: the server knows over 150. */
const commands = [
  ...['begin', 'commit', 'rollback', 'select', 'insert', 'update', 'delete', 'replace'],
  ...['stmt_prepare', 'stmt_execute', 'kill', 'set_option', 'show_status'],
]

const poolPageStates = ['data', 'free', 'misc', 'old']

/** mysqld_exporter's metrics of what the boards show, under its names and types. */
export function registerMySqlMetrics(registry: Registry, status: () => GlobalStatus): void {
  const add = (head: MetricHead, type: MetricType, read: (known: GlobalStatus) => ScrapedValue[]) =>
    registerScraped(registry, head, type, () => read(status()))
  add({ name: 'mysql_up', help: 'Whether the MySQL server is up.' }, 'gauge', (known) => [
    { labels: {}, value: known ? 1 : 0 },
  ])
  for (const [name, help] of Object.entries(variables)) {
    add({ name: `${prefix}${name}`, help }, 'untyped', (known) => statusValue(known, name, {}))
  }
  const states = { name: `${prefix}buffer_pool_pages`, labelNames: ['state'] }
  add({ ...states, help: 'Innodb buffer pool pages by state.' }, 'gauge', (known) =>
    poolPageStates.flatMap((state) =>
      statusValue(known, `innodb_buffer_pool_pages_${state}`, { state }),
    ),
  )
  const dirty = {
    name: `${prefix}buffer_pool_dirty_pages`,
    help: 'Innodb buffer pool dirty pages.',
  }
  add(dirty, 'gauge', (known) => statusValue(known, 'innodb_buffer_pool_pages_dirty', {}))
  const executed = { name: `${prefix}commands_total`, labelNames: ['command'] }
  add({ ...executed, help: 'Total number of executed MySQL commands.' }, 'counter', (known) =>
    commands.flatMap((command) => statusValue(known, `com_${command}`, { command })),
  )
}

/** No series where this server has no such variable: MariaDB and MySQL differ. */
function statusValue(known: GlobalStatus, name: string, labels: Record<string, string>) {
  const text = known?.get(name)
  return text === undefined ? [] : [{ labels, value: Number(text) }]
}
