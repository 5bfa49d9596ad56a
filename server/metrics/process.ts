import { collectDefaultMetrics, Registry } from 'prom-client'
import { registerMetrics } from './register.ts'
import { counter, gauge } from './table.ts'

/** Of prom-client's own metrics those that are true under Bun, which has no V8 heap spaces. */
const promClientMetrics = {
  process_cpu_user_seconds_total: counter('Total user CPU time spent in seconds.'),
  process_cpu_system_seconds_total: counter('Total system CPU time spent in seconds.'),
  process_cpu_seconds_total: counter('Total user and system CPU time spent in seconds.'),
  process_start_time_seconds: gauge('Start time of the process since unix epoch in seconds.'),
  process_resident_memory_bytes: gauge('Resident memory size in bytes.'),
  process_virtual_memory_bytes: gauge('Virtual memory size in bytes.'),
  process_open_fds: gauge('Number of open file descriptors.'),
  process_max_fds: gauge('Maximum number of open file descriptors.'),
  nodejs_heap_size_total_bytes: gauge('Process heap size from Node.js in bytes.'),
  nodejs_heap_size_used_bytes: gauge('Process heap size used from Node.js in bytes.'),
  nodejs_external_memory_bytes: gauge('Node.js external memory size in bytes.'),
}

const eventLoopMetrics = {
  stampede_event_loop_lag_seconds: gauge(
    'Longest time that the event loop came late since the last scrape.',
  ),
}

/** What every process of the shop exposes of itself. */
export const processMetrics = { ...promClientMetrics, ...eventLoopMetrics }

/** Pause between two measurements; 50 timers a second cost about 0.01 % of a core. */
const tickMs = 20

/** A registry with the process's own metrics; `arm` labels every series. */
export function createRegistry(arm: string): Registry {
  const registry = new Registry()
  registry.setDefaultLabels({ arm })
  collectDefaultMetrics({ register: registry })
  for (const { name } of registry.getMetricsAsArray()) {
    if (!Object.hasOwn(promClientMetrics, name)) registry.removeSingleMetric(name)
  }
  watchEventLoop(registry)
  return registry
}

/** Longest delay of a timer since the last scrape, seconds. The timer keeps no process alive. */
function watchEventLoop(registry: Registry): void {
  let dueMs = performance.now() + tickMs
  let worstMs = 0
  const measure = () => {
    const nowMs = performance.now()
    worstMs = Math.max(worstMs, nowMs - dueMs)
    dueMs = nowMs + tickMs
  }
  setInterval(measure, tickMs).unref()
  registerMetrics(registry, eventLoopMetrics, {
    stampede_event_loop_lag_seconds: () => {
      measure()
      const seconds = Math.max(0, worstMs) / 1000
      worstMs = 0
      return seconds
    },
  })
}
