import type { Hono } from 'hono'
import type { Registry } from 'prom-client'
import { ActiveFaults } from '../../chaos/active-faults.ts'
import type { ProcessKind } from '../../chaos/fault.ts'
import { type BoardAccess, guard } from '../../chaos/http.ts'
import { faultMetrics, faultReadings } from '../../chaos/metrics.ts'
import { type Chaos, noChaos } from '../ctx.ts'
import type { Connections } from '../db/connections.ts'
import { log } from '../log.ts'
import { registerMetrics } from '../metrics/register.ts'
import { BoardFollower } from './follow.ts'
import { forwardTo } from './forward.ts'
import { insideOf } from './inside-rounds.ts'
import { type GuardedPlace, refusalOfChaos } from './places.ts'

export interface BoardSettings {
  CHAOS_TOKEN?: string | undefined
  CHAOS_BOARD_URL?: string | undefined
  CHAOS_ALLOWED_IN?: readonly GuardedPlace[] | undefined
  NODE_ENV?: string | undefined
}

/** What a process has of the board. */
export interface JoinedBoard {
  chaos: Chaos
  /** The metrics of its faults. */
  register(registry: Registry): void
  /** Lets its faults act by themselves, from now on. @param connections of its pool, if any */
  start(connections?: Pick<Connections, 'use' | 'limits'>): void
  /** Switches its faults off, and lets go of streams. */
  stop(): void
}

interface Follower extends JoinedBoard {
  chaos: ActiveFaults
  forward: Extract<BoardAccess, { forward: unknown }>['forward']
}

/** A peer without a board takes the no-op path. */
const apart: JoinedBoard = { chaos: noChaos, register: () => {}, start: () => {}, stop: () => {} }

/**
 * Joins the board that the environment names, if any, and puts its routes on the process's app.
 */
export function joinBoard(kind: ProcessKind, settings: BoardSettings, app: Hono): JoinedBoard {
  const { CHAOS_TOKEN: token, CHAOS_BOARD_URL: url } = settings
  if (token === undefined || url === undefined || isRefused(settings)) return apart
  const joined = follow(kind, url, token)
  guard(app, '/chaos/*', token)
  app.all('/chaos/*', joined.forward)
  return joined
}

/** Whether chaos is refused where the process runs, which is logged. */
export function isRefused(settings: BoardSettings): boolean {
  const refusal = refusalOfChaos({ ...settings, STAMPEDE_HOST: process.env.STAMPEDE_HOST })
  if (refusal !== undefined) log(refusal)
  return refusal !== undefined
}

/** Follows a board as a process of a kind, until it is stopped. */
export function follow(kind: ProcessKind, url: string, token: string): Follower {
  const claim = (fault: string, key: string) => follower.claim(fault, key)
  const active = new ActiveFaults({ kind, claim })
  const name = `${kind}-${crypto.randomUUID().slice(0, 8)}`
  const follower = new BoardFollower({ url, token, process: name, active })
  const stopping = new AbortController()
  const inside = insideOf(active, kind, { url, token })
  follower.start()
  return {
    start: inside.start,
    chaos: active,
    forward: forwardTo(url, stopping.signal),
    register: (registry) => registerMetrics(registry, faultMetrics, faultReadings(active)),
    stop() {
      stopping.abort()
      void follower.stop()
      inside.stop()
    },
  }
}

type Fetch = (request: Request) => Response | Promise<Response>

/** The fetch of a process whose requests faults may delay or answer. Its own routes stay apart. */
export function disturbed(chaos: Chaos, fetch: Fetch): Fetch {
  if (chaos === noChaos) return fetch
  return (request) => {
    const path = request.url.slice(request.url.indexOf('/', 'http://'.length))
    if (isControl(path)) return fetch(request)
    const bite = chaos.atRequest(path)
    return bite ? bite.then((answer) => answer ?? fetch(request)) : fetch(request)
  }
}

/** Health, metrics and the board answer while everything else is disturbed. */
const isControl = (path: string) => /^\/(?:healthz|readyz|metrics|chaos)(?:[/?]|$)/.test(path)
