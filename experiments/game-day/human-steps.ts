import { createInterface } from 'node:readline'
import type { HumanStep } from './result.ts'

/** How a person's steps are shown and ticked off. */
export interface Checklist {
  /** Resolves with the seconds until it was ticked off; null where the signal came first. */
  ask(text: string, over: AbortSignal): Promise<number | null>
}

/** A line that comes sooner was typed before the step was shown. */
const typedBeforeMs = 150

/** Enter on standard input ticks off; null where no person is there to press it. */
export function terminalChecklist(isUnattended: boolean): Checklist | null {
  if (isUnattended || !process.stdin.isTTY) return null
  return {
    async ask(_text, over) {
      const startedMs = performance.now()
      const lines = createInterface({ input: process.stdin })
      try {
        return await new Promise<number | null>((resolve) => {
          if (over.aborted) resolve(null)
          over.addEventListener('abort', () => resolve(null), { once: true })
          lines.on('line', () => {
            const tookMs = performance.now() - startedMs
            if (tookMs > typedBeforeMs) resolve(tookMs / 1000)
          })
          lines.once('close', () => resolve(null))
        })
      } finally {
        lines.close()
      }
    },
  }
}

/** Asks for one step. Without a checklist it is skipped, and marked so. */
export async function humanStep(
  checklist: Checklist | null,
  text: string,
  atSeconds: number,
  over: AbortSignal,
): Promise<HumanStep> {
  if (!checklist) return { text, atSeconds, tookSeconds: null, end: 'skipped' }
  const tookSeconds = await checklist.ask(text, over)
  return { text, atSeconds, tookSeconds, end: tookSeconds === null ? 'not-done' : 'done' }
}
