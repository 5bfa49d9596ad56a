import { z } from 'zod'
import { type ProxiedServer, proxiedServers } from '../server/proxy/servers.ts'

/** A way that bytes go: what the shop asks of a server, or what that answers. */
export interface Way {
  server: ProxiedServer
  direction: 'requests' | 'answers'
}

/** What a fault does with the next bytes on one way of a connection. */
export type NetworkBite =
  /** They, and what comes after them, are handed on so much later. */
  | { do: 'delay'; ms: number }
  /** They share so many bytes a second with all connections to the server, after a burst. */
  | { do: 'limit'; bytesPerSecond: number; burstBytes: number }
  /** They are kept until the fault is over, and then handed on. */
  | { do: 'hold' }
  /** They are lost; the connection is closed once the fault is over. */
  | { do: 'lose' }
  /** The server’s end is closed; the client’s stays open in silence until the fault is over. */
  | { do: 'half-close' }
  /** The connection is reset, at both ends. */
  | { do: 'reset' }

/** A bite that was drawn, and the fault that it is of. */
export interface DrawnBite {
  bite: NetworkBite
  /** The same for all bites of one switching-on. */
  of: string
  isOver(): boolean
}

/** What every fault of the network has. */
export const networkSettings = {
  server: z
    .enum(proxiedServers)
    .default('database')
    .describe('The server to which the way of the network leads'),
}

/** Which bytes of a connection are concerned. */
export const directionSetting = (meaning: string) =>
  z.enum(['both', 'requests', 'answers']).default('both').describe(meaning)

/** Whether bytes go in the direction that is set. */
export const isInDirection = (
  { direction }: { direction: 'both' | Way['direction'] },
  way: Way,
): boolean => direction === 'both' || direction === way.direction
