import { z } from 'zod'
import { commonSettings, defineFault } from '../fault.ts'

/** A wait is cut into slices, so that switching the fault off ends it within one of them. */
const sliceMs = 100

const settings = commonSettings.extend({
  latencyMs: z.int().min(1).max(10_000).default(200).describe('How long each request waits'),
})

/**
 * A whole process answers late, as a ticket server or a bank that is short of CPU does: designs
 * that ask it for every order wait each time, those that ask it for many ids at once wait rarely.
 */
export const slowAnswers = defineFault({
  name: 'slow-answers',
  summary:
    'A process handles each request later, but for its health, its metrics and the board; aim ' +
    'it with `target.process`.',
  imitates: 'a ticket server or a bank that is short of processor time',
  hurts: 'designs that ask the process for every order',
  spares: 'designs that ask it for many ids at once, or not at all',
  processes: ['api', 'tickets', 'bank', 'gateway'],
  settings,
  example: { latencyMs: 200 },
  async atRequest({ latencyMs }, isOver) {
    for (let leftMs = latencyMs; leftMs > 0 && !isOver(); leftMs -= sliceMs) {
      await Bun.sleep(Math.min(leftMs, sliceMs))
    }
    return undefined
  },
})
