import { processMs } from '../../lab/machine/sample.ts'
import { TRUST } from '../judge/rules/trust-limits.ts'

const spanMs = 250
const spansMax = 20

export interface RestClock {
  nowMs(): number
  wait(milliseconds: number): Promise<void>
  /** Processor time of a process so far, ms; null if unknown. */
  usedMs(pid: number): number | null
}

const real: RestClock = {
  nowMs: () => performance.now(),
  wait: (milliseconds) => Bun.sleep(milliseconds),
  usedMs: processMs,
}

/**
 * Waits until processes have little to do, five seconds at most.
 * @param pids null where a process is not on this machine
 * @returns what they used together in the last quarter of a second, percent of one core; null where
 * it is unknown of one of them
 */
export async function waitForIdleProcesses(
  pids: readonly (number | null)[],
  clock: RestClock = real,
): Promise<number | null> {
  let percent: number | null = null
  for (let span = 0; span < spansMax; span += 1) {
    const before = totalOf(pids, clock)
    const startedMs = clock.nowMs()
    await clock.wait(spanMs)
    const after = totalOf(pids, clock)
    if (before === null || after === null) return null
    percent = (100 * (after - before)) / (clock.nowMs() - startedMs)
    if (percent <= TRUST.restPercentMax) return percent
  }
  return percent
}

function totalOf(pids: readonly (number | null)[], { usedMs }: RestClock): number | null {
  const times = pids.map((pid) => (pid === null ? null : usedMs(pid)))
  return times.reduce((sum, ms) => (sum === null || ms === null ? null : sum + ms), 0)
}
