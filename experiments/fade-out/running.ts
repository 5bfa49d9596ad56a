import type { Session } from '../../lab/processes/session.ts'
import type { Connections } from '../../server/db/connections.ts'
import type { SequenceName } from '../../server/designs/ids/ids.ts'
import type { ShopClient } from '../canary/shop-client.ts'
import type { ArmName } from '../up/spike.ts'
import type { Up } from '../up/up-file.ts'

/** What `./stampede fade-out` was asked for. */
export interface FadeOutOptions {
  sequences: readonly SequenceName[]
  arm: ArmName
  /** Option that the sequences are to have. */
  to: string
  /** To the row again. */
  isBack: boolean
  /** Two sources at once, to see what goes wrong. */
  isProvoked: boolean
  /** How long a retired counter is watched. */
  windowSeconds: number
  scenario: 'smoke' | 'flash-sale'
  /** Journeys per second of a crowd, at its peak; 0 = only the customers who come by themselves. */
  rate: number
  seed: number
}

/** A fade-out under way, with what it works on. */
export interface Running {
  options: FadeOutOptions
  up: Up
  session: Session
  db: Connections
  shop: ShopClient
}
