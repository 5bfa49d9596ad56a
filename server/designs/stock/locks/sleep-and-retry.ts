import type { LineUp } from './lease.ts'

/** Defaults of node-redlock 5 (`retryDelay`, `retryJitter`); it gives up after 10 tries. */
const delayMs = 200
const jitterMs = 100

/**
 * Waits as Redlock does: sleeps at random, so that two who came at once do not come again at once,
 * tries again, and gets no notice of a release.
 */
export const sleepAndRetry: LineUp = async () => ({
  wait: () => Bun.sleep(delayMs + (Math.random() * 2 - 1) * jitterMs),
  leave() {},
})
