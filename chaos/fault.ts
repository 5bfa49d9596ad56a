import { z } from 'zod'
import type { Site } from '../server/ctx.ts'
import { type Point, pointNames } from '../server/points.ts'
import { routeNames } from '../server/route-names.ts'

/** Longest and default life of a fault, seconds: it ends even when it is not switched off. */
export const ttlSecondsMax = 900
const ttlSecondsDefault = 60

/** What every fault has besides its own settings. */
export const commonSettings = z.strictObject({
  ttlSeconds: z
    .number()
    .positive()
    .max(ttlSecondsMax)
    .default(ttlSecondsDefault)
    .describe('It ends by itself after so long'),
  probability: z
    .number()
    .min(0)
    .max(1)
    .default(1)
    .describe('Share of the places it is aimed at where it bites'),
  target: z
    .strictObject({
      route: z.enum(routeNames).optional().describe('Only on this route; absent = on every one'),
      point: z.enum(pointNames).optional().describe('Only at this point of the flow'),
    })
    .default({})
    .describe('Where it bites'),
  seed: z.int().min(0).max(0xffffffff).default(1).describe('Same seed, same decisions'),
})

export type CommonSettings = z.output<typeof commonSettings>

/**
 * One kind of disturbance. Which of the three powers it has decides where it bites: at a point of
 * the flow, in calls to the bank, or in the policy that clients receive.
 */
export interface Fault<Settings extends CommonSettings = CommonSettings> {
  name: string
  /** One sentence for people. */
  summary: string
  settings: z.ZodType<Settings>
  /** An example body for the reference page. */
  example: Partial<Settings>
  /** Bites at a point; `isOver` turns true when the fault is switched off meanwhile. */
  atPoint?: {
    /** Whether it can bite there at all; at every point where absent. */
    reaches?(point: Point): boolean
    wants(settings: Settings, site: Site): boolean
    act(settings: Settings, site: Site, isOver: () => boolean): Promise<void>
  }
  /** Headers for one call to the bank; `chance` draws from the fault's own seeded generator. */
  bankHeaders?(settings: Settings, chance: () => number): Record<string, string> | undefined
  clientPolicy?(settings: Settings): string
}

/** Keeps the settings type of a fault while the board holds faults of every kind. */
export function defineFault<Settings extends CommonSettings>(fault: Fault<Settings>): Fault {
  return fault as unknown as Fault
}
