import { z } from 'zod'

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
