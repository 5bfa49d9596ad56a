import type { Fault } from '../../chaos/fault.ts'
import { faults } from '../../chaos/faults.ts'
import { Problem } from '../errors.ts'

/** What a board has in which faults can act. */
interface Has {
  /** Sessions of its own to the database. */
  outside: boolean
  /** A proxy that obeys it. */
  proxy: boolean
  /** A process of its own. */
  board: boolean
}

/**
 * Else a fault would be on, and act in no process.
 * @throws Problem `invalid-fault`
 */
export function refuseUnobeyed(name: string, has: Has): void {
  const fault = Object.hasOwn(faults, name) ? faults[name] : undefined
  const lack = fault && lackOf(fault, has)
  if (lack === undefined) return
  throw new Problem('invalid-fault', { detail: `${name} needs ${lack}`, field: 'name' })
}

function lackOf({ outside, network, needsBoard }: Fault, has: Has) {
  if (needsBoard && !has.board) return 'a board in a process of its own: CHAOS_BOARD_URL'
  if (outside && !has.outside) return 'a board that was started with DATABASE_URL'
  if (!network || has.proxy) return undefined
  return 'the proxy before the servers: ./stampede up --network-faults, or a rehearsal with --fault'
}
