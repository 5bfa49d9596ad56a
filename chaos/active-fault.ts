import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import type { CommonSettings, Fault, ProcessKind } from './fault.ts'
import { faults } from './faults.ts'
import { type FaultOrder, keyOf } from './snapshot.ts'

/** A fault that is on in one process. */
export interface ActiveFault {
  /** Which switching-on of it this is, of all boards. */
  key: string
  fault: Fault
  settings: CommonSettings
  /** By the monotonic clock, ms: a jump of the wall clock cannot keep a fault alive. */
  startedAtMs: number
  expiresAtMs: number
  chance(): number
  isOver(): boolean
}

interface Opening {
  kind: ProcessKind
  board: string
  asOfMs: number
  /** Whether the process no longer obeys it at this end of it, by its clock. */
  isOverAt(expiresAtMs: number): boolean
}

/** Undefined where this version does not know the fault, or it does not act in this process. */
export function activeFaultOf(order: FaultOrder, opening: Opening): ActiveFault | undefined {
  const { kind, board, asOfMs, isOverAt } = opening
  const fault = Object.hasOwn(faults, order.name) ? faults[order.name] : undefined
  const parsed = fault?.settings.safeParse(order.settings)
  if (!fault || !parsed?.success) return undefined
  const { process = kind } = parsed.data.target
  if (process !== kind || !fault.processes.includes(process)) return undefined
  const generator = xoroshiro128plus(parsed.data.seed)
  const on: ActiveFault = {
    key: keyOf(board, order.id),
    fault,
    settings: parsed.data,
    startedAtMs: asOfMs - order.elapsedMs,
    expiresAtMs: asOfMs + order.remainingMs,
    chance: () => uniformFloat64(generator),
    isOver: () => isOverAt(on.expiresAtMs),
  }
  return on
}
