import { z } from 'zod'
import type { CommonSettings, Fault } from './fault.ts'

/** What a fault has besides that acts by itself, in rounds, not at something that a shop does. */
export const roundSettings = {
  holdMs: z.int().min(50).max(10_000).default(2000).describe('How long each round holds on'),
  pauseMs: z.int().min(0).max(60_000).default(1000).describe('Pause until the next round'),
}

export interface RoundSettings {
  /** None where a round is over at once. */
  holdMs?: number
  pauseMs: number
}

/** What every round has of its fault. */
export interface Round {
  /** Which switching-on of the fault it is of. */
  key: string
  /** Counts as a bite: called once the fault has taken hold, as has been confirmed. */
  tookHold(): void
  isOver(): boolean
}

/** What a fault does in one round. */
export type Act = (fault: Fault, settings: CommonSettings, round: Round) => Promise<void>

/** Whose faults act in rounds. */
export interface Rounds {
  round(name: string, act: Act): Promise<boolean>
}

/** So late at most a wait ends once its fault is over. */
const sliceMsUsual = 50

/** Waits so long, or until it is over. @param sliceMs so late at most it notices that */
export async function waitUntilOver(
  forMs: number,
  isOver: () => boolean,
  sliceMs = sliceMsUsual,
): Promise<void> {
  const endsAtMs = performance.now() + forMs
  for (let leftMs = forMs; leftMs > 0 && !isOver(); leftMs = endsAtMs - performance.now()) {
    await Bun.sleep(Math.min(leftMs, sliceMs))
  }
}
