/** Metrics of the catalogue that are on no board, each with the reason. */
export const withoutPanel: Record<string, string> = {
  process_cpu_user_seconds_total: 'its sum with the kernel’s share is shown',
  process_cpu_system_seconds_total: 'its sum with the other share is shown',
  process_start_time_seconds: 'blocks say when processes begin',
  process_virtual_memory_bytes: 'what is set aside costs nothing; what is held is shown',
  process_open_fds: 'connections are bounded by the pool, which is shown',
  process_max_fds: 'a setting of the machine, it does not move',
  nodejs_heap_size_total_bytes: 'what is in use is shown',
  nodejs_external_memory_bytes: 'part of what the process holds, which is shown',
  stampede_fault_considered_total: 'how often each has bitten is shown',
  stampede_sequence_retired: 'where it is 1 another panel shows whether the counter stands still',
  stampede_loop_age_seconds: 'flat unless a loop of the worker hangs, and then an alert fires',
  mysql_global_status_innodb_data_fsyncs: 'done in the background: no order waits for it',
}
