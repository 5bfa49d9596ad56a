import { z } from 'zod'
import type { EffectTry, Site, StoppableLoop } from '../server/ctx.ts'
import type { Database } from '../server/db/connections.ts'
import { type Point, pointNames } from '../server/points.ts'
import { routeNames } from '../server/route-names.ts'
import type { Inside } from './inside.ts'
import type { NetworkBite, Way } from './network.ts'
import type { Outside } from './outside.ts'
import { ramp } from './ramp.ts'

/** Longest and default life of a fault, seconds: it ends even when it is not switched off. */
export const ttlSecondsMax = 900
const ttlSecondsDefault = 60

/** Kinds of processes that obey faults. */
export const processKinds = [
  'api',
  'worker',
  'tickets',
  'bank',
  'gateway',
  'board',
  'proxy',
] as const
export type ProcessKind = (typeof processKinds)[number]

/** Who holds the lease of a fault, such as a run. */
export const holderText = [/^[\w.-]{1,64}$/, 'must be 1 to 64 of A-Z a-z 0-9 _ . -'] as const

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
  ramp: ramp.optional().describe('How the probability rises and sinks; absent = at once'),
  lease: z
    .strictObject({
      holder: z
        .string()
        .regex(...holderText)
        .describe('Who renews it'),
      seconds: z.number().min(1).max(60).describe('It ends when it was not renewed for so long'),
    })
    .optional()
    .describe('Ends the fault with the run that set it; absent = only its own time does'),
  target: z
    .strictObject({
      process: z
        .enum(processKinds)
        .optional()
        .describe('Only in processes of this kind; absent = in every kind that it can act in'),
      route: z.enum(routeNames).optional().describe('Only on this route; absent = on every one'),
      point: z.enum(pointNames).optional().describe('Only at this point of the flow'),
      userShare: z
        .number()
        .min(0)
        .max(1)
        .optional()
        .describe(
          'Only for this share of customers, always the same of one seed: a larger share has all ' +
            'those of a smaller one; absent = for all',
        ),
      option: z
        .string()
        .max(64)
        .optional()
        .describe(
          'Only for requests whose design has this option, as `axis=option`; absent = of every one',
        ),
      item: z
        .string()
        .regex(/^[1-9]\d{0,18}$/, 'must be the id of an option of a product')
        .optional()
        .describe('Only where this option of a product is ordered, by its id; absent = any'),
    })
    .default({})
    .describe('Where it bites'),
  seed: z.int().min(0).max(0xffffffff).default(1).describe('Same seed, same decisions'),
})

export type CommonSettings = z.output<typeof commonSettings>

/**
 * One kind of disturbance. Which powers it has decides where it bites: at a point of the flow, in
 * calls to the bank, in the policy that clients receive, in tries of side effects, at a request to
 * a process, by itself in a process, beside the shop, or on the way to its servers.
 */
export interface Fault<Settings extends CommonSettings = CommonSettings> {
  name: string
  /** One sentence for people. */
  summary: string
  /** What of the world it stands for. */
  imitates: string
  /** One that is public, and where it is described. */
  incident?: string
  /** Which designs it should hurt, and which not. */
  hurts: string
  spares: string
  /** Kinds of processes in which it can act. */
  processes: readonly ProcessKind[]
  /** It stops or ends a process, so that only a board in another one can count or end it. */
  needsBoard?: true
  settings: z.ZodType<Settings>
  /** An example body for the reference page. */
  example: Partial<Settings>
  /** Most bites in all processes together: the board grants each, and counts it. */
  times?(settings: Settings): number
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
  /** Whether a try of a side effect is one that fails. */
  effectFails?(settings: Settings, effect: EffectTry): boolean
  /** Whether a try that has succeeded is made once more. */
  effectRepeats?(settings: Settings, effect: EffectTry): boolean
  /** The loop of the worker that makes no turns. */
  stopsLoop?: StoppableLoop
  /** Bites before a COMMIT is sent, or a write that commits by itself. */
  atCommit?(settings: Settings, db: Database, isOver: () => boolean): Promise<void>
  /** Whether the database refuses writes. */
  refusesWrites?: true
  /** Of requests to a process, whether it is about this path; about all where absent. */
  requests?(path: string): boolean
  /** Bites before a process handles a request; what it returns is the answer. */
  atRequest?(settings: Settings, isOver: () => boolean): Promise<Response | undefined>
  /**
   * Acts in rounds on sessions of its own to the database, in the process of the board. Its
   * settings have a `pauseMs`, and a `holdMs` where a round lasts.
   */
  outside?: {
    /** Whether it can be aimed at an option of a product. */
    takesItem?: true
    act(settings: Settings, outside: Outside): Promise<void>
  }
  /** Acts in rounds by itself in each process that obeys it. Its settings are those of a round. */
  inside?: { act(settings: Settings, inside: Inside): Promise<void> }
  /**
   * Bites data on its way between the shop and a server, in the process of the proxy. Where its
   * settings have a `server`, it is about that one alone.
   */
  network?: {
    reaches(settings: Settings, way: Way): boolean
    bite(settings: Settings, chance: () => number): NetworkBite
  }
}

/** Keeps the settings type of a fault while the board holds faults of every kind. */
export function defineFault<Settings extends CommonSettings>(fault: Fault<Settings>): Fault {
  return fault as unknown as Fault
}
