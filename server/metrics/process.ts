import { collectDefaultMetrics, Registry } from 'prom-client'
import { scrapedGauge } from './scraped.ts'

/** Of prom-client's own metrics those that are true under Bun, which has no V8 heap spaces. */
const trueUnderBun = new Set([
  'process_cpu_user_seconds_total',
  'process_cpu_system_seconds_total',
  'process_cpu_seconds_total',
  'process_start_time_seconds',
  'process_resident_memory_bytes',
  'process_virtual_memory_bytes',
  'process_open_fds',
  'process_max_fds',
  'nodejs_heap_size_total_bytes',
  'nodejs_heap_size_used_bytes',
  'nodejs_external_memory_bytes',
])

/** How often the event loop is asked to come by; 50 turns a second cost about 0.01 % of a core. */
const tickMs = 20

/** A registry with the process's own metrics; `arm` labels every series. */
export function createRegistry(arm: string): Registry {
  const registry = new Registry()
  registry.setDefaultLabels({ arm })
  collectDefaultMetrics({ register: registry })
  for (const { name } of registry.getMetricsAsArray()) {
    if (!trueUnderBun.has(name)) registry.removeSingleMetric(name)
  }
  meterEventLoop(registry)
  return registry
}

/**
 * How late the event loop came at worst since it was last scraped, seconds. Its timer holds no
 * process open.
 */
function meterEventLoop(registry: Registry): void {
  let dueMs = performance.now() + tickMs
  let worstMs = 0
  const look = () => {
    const nowMs = performance.now()
    worstMs = Math.max(worstMs, nowMs - dueMs)
    dueMs = nowMs + tickMs
  }
  setInterval(look, tickMs).unref()
  scrapedGauge(
    registry,
    'stampede_event_loop_lag_seconds',
    'Longest time that the event loop came late since the last scrape.',
    () => {
      look()
      const seconds = Math.max(0, worstMs) / 1000
      worstMs = 0
      return seconds
    },
  )
}
