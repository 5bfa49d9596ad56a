/**
 * Every metric that a board or a rule may name, by who exports it. A board that names another one
 * fails the lint; a metric here that no board shows needs a reason below.
 */
export interface KnownMetric {
  kind: 'counter' | 'gauge' | 'histogram' | 'native-histogram'
  /** Labels that its own code sets; see `sources` for those that every series of a source has. */
  labels: readonly string[]
  meaning: string
}

type Metrics = Record<string, KnownMetric>

const counter = (meaning: string, ...labels: string[]): KnownMetric => ({
  kind: 'counter',
  labels,
  meaning,
})
const gauge = (meaning: string, ...labels: string[]): KnownMetric => ({
  kind: 'gauge',
  labels,
  meaning,
})
const histogram = (meaning: string, ...labels: string[]): KnownMetric => ({
  kind: 'histogram',
  labels,
  meaning,
})
const native = (meaning: string, ...labels: string[]): KnownMetric => ({
  kind: 'native-histogram',
  labels,
  meaning,
})

/** The shop's own processes: API server and worker. Every series has the label `arm`. */
const shop: Metrics = {
  stampede_http_request_duration_seconds: histogram('time to answer a request', 'route'),
  stampede_http_requests_total: counter('requests answered', 'route', 'code'),
  stampede_http_requests_in_flight: gauge('requests being answered now'),
  stampede_client_attempts_total: counter('tries that clients made', 'route'),
  stampede_client_intents_total: counter('things that clients wanted: first tries', 'route'),
  stampede_point_seconds: histogram('time from a request’s start to a point of its flow', 'point'),
  stampede_orders_total: counter('orders by what became of them', 'outcome'),
  stampede_pool_connections_in_use: gauge('database connections lent out'),
  stampede_pool_connections_limit: gauge('database connections that may be open'),
  stampede_pool_waits_total: counter('borrowers that found no connection free'),
  stampede_pool_timeouts_total: counter('borrowers that gave up waiting'),
  stampede_pool_wait_seconds_total: counter('time spent waiting for a connection'),
  stampede_transaction_retries_total: counter('transactions tried again', 'reason'),
  stampede_ticket_refills_total: counter('id ranges leased from the ticket server'),
  stampede_ticket_refill_errors_total: counter('id ranges that could not be leased'),
  stampede_ticket_waits_total: counter('ids that had to wait for a range'),
  stampede_ticket_buffered_ids: gauge('ids that can be had without waiting', 'sequence'),
  stampede_effects_done_total: counter('side effects applied'),
  stampede_effects_retried_total: counter('side effects that failed and will be tried again'),
  stampede_effects_dead_total: counter('side effects given up after the last try'),
  stampede_effect_duration_seconds: histogram('time that a side effect took', 'handler'),
  stampede_effect_lag_seconds: histogram('time from a commit until its effect is done', 'handler'),
  stampede_outbox_pending: gauge('outbox rows not handed to the queue yet'),
  stampede_outbox_oldest_seconds: gauge('age of the oldest such row'),
  stampede_queue_jobs: gauge('jobs in the queue by state', 'state'),
  stampede_sagas_open: gauge('sagas not ended yet', 'status'),
  stampede_sagas_recovered_total: counter('interrupted sagas finished or undone'),
  stampede_bank_call_duration_seconds: histogram('time that the bank took to answer', 'outcome'),
  stampede_fault_active: gauge('1 while the fault is on', 'fault'),
  stampede_fault_injected_total: counter('times that the fault has bitten', 'fault'),
  stampede_design_info: gauge(
    '1 for the option that the axis has, 0 for the others',
    'axis',
    'option',
  ),
  stampede_event_loop_lag_seconds: gauge('longest stall of the event loop since the last scrape'),
  process_cpu_seconds_total: counter('processor time of the process'),
  process_resident_memory_bytes: gauge('memory that the process holds'),
  process_cpu_user_seconds_total: counter('processor time outside the kernel'),
  process_cpu_system_seconds_total: counter('processor time inside the kernel'),
  process_start_time_seconds: gauge('when the process began'),
  process_virtual_memory_bytes: gauge('memory that the process has set aside'),
  process_open_fds: gauge('files and sockets open'),
  process_max_fds: gauge('files and sockets that may be open'),
  nodejs_heap_size_used_bytes: gauge('memory in use on the script heap'),
  nodejs_heap_size_total_bytes: gauge('memory taken for the script heap'),
  nodejs_external_memory_bytes: gauge('memory that scripts hold outside the heap'),
}

/** The shop's axes beyond the order itself: at 0 from the start, whichever options are in force. */
const axes: Metrics = {
  stampede_stock_contention_total: counter(
    'what came between a taker and an item',
    'option',
    'event',
  ),
  stampede_stock_lock_seconds: histogram('time until a lock on an item was had', 'option'),
  stampede_stock_flushes_total: counter('statements that took from stock for many at once'),
  stampede_stock_merged_takes_total: counter('takes that were merged into such statements'),
  stampede_stock_units_returned_total: counter('units given back that nobody had claimed'),
  stampede_stock_grants_settled_total: counter('batches and reservations in the tables for good'),
  stampede_stock_counters_rebuilt_total: counter('counters in Redis made anew from the tables'),
  stampede_stock_counters_mended_total: counter('counters that differed and were dropped'),
  stampede_stock_stream_length: gauge('reservations not settled when last looked'),
  stampede_stock_drift_units: gauge('units by which idle counters differed when looked at'),
  stampede_order_lots_begun_total: counter('transactions that many orders share'),
  stampede_order_lots_orders_total: counter('orders in such transactions'),
  stampede_order_lots_undone_total: counter('such transactions that were undone'),
  stampede_reads_total: counter('readers of the cache', 'kind', 'outcome'),
  stampede_reads_rebuilds_total: counter('answers made for the cache', 'kind'),
  stampede_reads_rebuild_failures_total: counter('answers that could not be made', 'kind'),
  stampede_reads_rebuild_seconds_total: counter('time spent on making answers', 'kind'),
  stampede_reads_redis_errors_total: counter('commands to Redis that failed', 'kind'),
  stampede_reads_refused_entries_total: counter('values in Redis that are not whole', 'kind'),
  stampede_effects_in_memory: gauge('effects that wait or run in a process'),
  stampede_memory_effects_total: counter('tries of such effects', 'outcome'),
  stampede_dispatch_takes_total: counter('tries to give a paid order to a worker', 'outcome'),
  stampede_dispatches: gauge('paid orders in the warehouse', 'status'),
  stampede_admission_admitted_total: counter('requests let in', 'class'),
  stampede_admission_refused_total: counter('requests refused at the door', 'class'),
  stampede_admission_wait_seconds: histogram('time at the door until let in or refused', 'class'),
  stampede_admission_limit: gauge('requests that may be in at once'),
  stampede_admission_in_flight: gauge('requests that are in'),
  stampede_admission_queue_length: gauge('requests that wait at the door'),
}

/** The ticket server. Every series has the label `arm`. */
const tickets: Metrics = {
  stampede_ticket_server_leases_total: counter('leases taken in the database', 'sequence'),
  stampede_ticket_server_lease_errors_total: counter('leases that could not be had', 'sequence'),
  stampede_ticket_server_step_ids: gauge('ids that the next lease is to have', 'sequence'),
  stampede_ticket_server_buffered_ids: gauge('ids that need no database', 'sequence'),
  stampede_ticket_server_ids_total: counter('ids handed out', 'sequence'),
}

/** The harness: what runs, when, and what the audit said. */
const harness: Metrics = {
  stampede_run_info: gauge('1 while the run is under way', 'run', 'scenario', 'driver', 'seed'),
  stampede_block_active: gauge('1 while the block’s crowd is there', 'run', 'block', 'arm'),
  stampede_block_start_timestamp_seconds: gauge('when its crowd came', 'run', 'block', 'arm'),
  stampede_audit_verdict: gauge('1 true, 0 false, NaN unknown', 'run', 'arm', 'checker'),
}

/** The database server, under the names of mysqld_exporter. No arm: the arms share the server. */
const mysql: Metrics = {
  mysql_up: gauge('1 while the database answers'),
  mysql_global_status_innodb_row_lock_waits: counter('times that a row lock was waited for'),
  mysql_global_status_innodb_row_lock_time: counter('milliseconds waited for row locks'),
  mysql_global_status_innodb_row_lock_current_waits: gauge('row locks being waited for now'),
  mysql_global_status_innodb_deadlocks: counter('deadlocks broken by rolling one side back'),
  mysql_global_status_threads_running: gauge('sessions that execute something'),
  mysql_global_status_threads_connected: gauge('sessions that are open'),
  mysql_global_status_innodb_history_list_length: gauge('old row versions not purged yet'),
  mysql_global_status_innodb_buffer_pool_read_requests: counter('pages asked for'),
  mysql_global_status_innodb_buffer_pool_reads: counter('pages that had to come from disk'),
  mysql_global_status_buffer_pool_pages: gauge('pages of the buffer pool', 'state'),
  mysql_global_status_buffer_pool_dirty_pages: gauge('pages changed and not written yet'),
  mysql_global_status_innodb_os_log_fsyncs: counter('redo log forced to disk (MySQL)'),
  mysql_global_status_innodb_log_writes: counter('redo log written (MariaDB)'),
  mysql_global_status_innodb_data_fsyncs: counter('data files forced to disk'),
  mysql_global_status_commands_total: counter('statements by command', 'command'),
}

/** Redis, under the names of redis_exporter. */
const redis: Metrics = {
  redis_up: gauge('1 while Redis answers'),
  redis_connected_clients: gauge('clients connected'),
  redis_blocked_clients: gauge('clients waiting in a blocking command'),
  redis_memory_used_bytes: gauge('memory that Redis uses'),
  redis_commands_processed_total: counter('commands processed'),
  redis_commands_duration_seconds_total: counter('time spent in each command', 'cmd'),
  redis_commands_total: counter('commands by name', 'cmd'),
  redis_evicted_keys_total: counter('keys thrown out for want of memory'),
}

/** The load generator, k6 or the simulator, by remote write. Every series has `run` and `arm`. */
const crowd: Metrics = {
  k6_stampede_attempts_total: counter('requests sent', 'outcome'),
  k6_stampede_intents_total: counter('things that customers wanted', 'outcome'),
  k6_stampede_journeys_total: counter('customers by how their visit ended', 'outcome'),
  k6_stampede_checkout_seconds: native(
    'time from order to receipt, as customers saw it',
    'outcome',
  ),
  k6_dropped_iterations_total: counter('customers that the generator could not start'),
  k6_vus: gauge('customers under way'),
  k6_http_reqs_total: counter('requests sent', 'name', 'status'),
  k6_http_req_duration_seconds: native('time to answer, as customers saw it', 'name', 'status'),
}

/** Metrics by who exports them; `labels` are on every series of the source. */
export const sources: Record<string, { labels: readonly string[]; metrics: Metrics }> = {
  shop: { labels: ['arm'], metrics: shop },
  axes: { labels: ['arm'], metrics: axes },
  tickets: { labels: ['arm'], metrics: tickets },
  harness: { labels: [], metrics: harness },
  mysql: { labels: [], metrics: mysql },
  redis: { labels: [], metrics: redis },
  crowd: { labels: ['run', 'arm'], metrics: crowd },
}

export const knownMetrics: Metrics = Object.assign(
  {},
  ...Object.values(sources).map(({ metrics }) => metrics),
)

/** Known, but on no board, each with the reason. */
export const withoutPanel: Record<string, string> = {
  process_cpu_user_seconds_total: 'its sum with the kernel’s share is shown',
  process_cpu_system_seconds_total: 'its sum with the other share is shown',
  process_start_time_seconds: 'blocks say when processes begin',
  process_virtual_memory_bytes: 'what is set aside costs nothing; what is held is shown',
  process_open_fds: 'connections are bounded by the pool, which is shown',
  process_max_fds: 'a setting of the machine, it does not move',
  nodejs_heap_size_total_bytes: 'what is in use is shown',
  nodejs_external_memory_bytes: 'part of what the process holds, which is shown',
  mysql_global_status_innodb_data_fsyncs: 'done in the background: no order waits for it',
}
