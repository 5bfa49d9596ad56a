import { type Chaos, noChaos, type Site } from '../ctx.ts'
import type { Connections } from '../db/connections.ts'
import { type Point, pointNames } from '../points.ts'
import { barrier } from './barrier.ts'

/** `pass` counts from 1 how often the place was passed since the script was set. */
type Act = (pass: number, site: Site) => Promise<void> | undefined

/** Places outside the flows' own steps: before a transaction opens, after its commit. */
type Seam = 'begin' | 'committed'

/** Chaos as a test wants it: what happens at which pass of which place, and nothing else. */
export interface Script extends Chaos {
  /** Replaces what happens at a point, or before and after every transaction. */
  on(place: Point | Seam, act: Act): void
  /** The first `participants` that pass the point meet there; later ones pass at once. */
  meet(point: Point, participants: number): void
  /** Removes all acts. */
  clear(): void
  /** Connections whose transactions pass the seams. */
  seams(connections: Connections): Connections
}

export function createScript(): Script {
  const acts = new Map<Point | Seam, Act>()
  const passes = new Map<Point | Seam, number>()

  function pass(place: Point | Seam, site: Site): Promise<void> | undefined {
    const act = acts.get(place)
    if (!act) return undefined
    const count = (passes.get(place) ?? 0) + 1
    passes.set(place, count)
    return act(count, site)
  }

  function on(place: Point | Seam, act: Act): void {
    passes.set(place, 0)
    acts.set(place, act)
  }

  const script: Script = {
    ...noChaos,
    at: (site) => pass(site.point, site),
    on,
    meet(point, participants) {
      const meeting = barrier(participants)
      on(point, () => meeting.arrive())
    },
    clear() {
      acts.clear()
      script.bankHeaders = noChaos.bankHeaders
    },
    seams: (connections) => ({
      ...connections,
      async transaction(work, isolation) {
        await pass('begin', noSite)
        const result = await connections.transaction(work, isolation)
        await pass('committed', noSite)
        return result
      },
    }),
  }
  return script
}

const noSite: Site = { point: pointNames[0] ?? 'order.quoted', route: 'test', db: undefined }

/** What a process that died goes on to do. */
export const never = () => new Promise<never>(() => {})
